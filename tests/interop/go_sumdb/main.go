// Command go_sumdb checks a log with code that this project did not write: golang.org/x/mod/sumdb.
//
//	go run main.go <evidence/log folder> <vkey of each shard and key, or name of a witness>...
//
// Of cosignatures only the names are checked: sumdb does not know their algorithm.
// It verifies the checkpoint's signature, every kept checkpoint and its consistency with the newest one, every tile,
// every entry, and an inclusion proof. The file layout is that of C2SP tlog-tiles: sumdb's tile/8/L/N is tile/L/N.
// Exit code 0 when all fit, 1 when something does not, 2 for a wrong call.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type folder string

func (f folder) Height() int { return height }

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// ReadTiles reads hash tiles; sumdb itself checks them against the tree's root.
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		full := tile
		full.W = 1 << height
		data, err := os.ReadFile(filepath.Join(string(f), c2sp(full)))
		if err != nil {
			data, err = os.ReadFile(filepath.Join(string(f), c2sp(tile)))
		}
		if err != nil {
			return nil, err
		}
		if len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is too short", c2sp(tile))
		}
		all = append(all, data[:tile.W*tlog.HashSize])
	}
	return all, nil
}

func c2sp(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

// signers are whose signatures a checkpoint may bear: keys of the log, and witnesses by name.
type signers struct {
	note.Verifiers
	witnesses map[string]bool
}

// open verifies a signed checkpoint and insists on its one canonical spelling. A line by nobody known is refused, as
// where two keys sign, one good signature would hide that the other was changed.
func open(raw []byte, known signers) (tlog.Tree, error) {
	var tree tlog.Tree
	opened, err := note.Open(raw, known)
	if err != nil {
		return tree, err
	}
	for _, sig := range opened.UnverifiedSigs {
		if !known.witnesses[sig.Name] {
			return tree, fmt.Errorf("signed by %s+%08x, which is not known", sig.Name, sig.Hash)
		}
	}
	text := opened.Text + "\n"
	for _, sig := range append(opened.Sigs, opened.UnverifiedSigs...) {
		blob, _ := base64.StdEncoding.DecodeString(sig.Base64)
		text += "— " + sig.Name + " " + base64.StdEncoding.EncodeToString(blob) + "\n"
	}
	lines := strings.Split(opened.Text, "\n")
	if text != string(raw) || len(lines) < 4 || lines[0] != opened.Sigs[0].Name {
		return tree, fmt.Errorf("not a checkpoint of %s in canonical form", opened.Sigs[0].Name)
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// check reads a log whose keys are known under the name of each shard.
func check(root string, known []string) error {
	var keys []note.Verifier
	witnesses := map[string]bool{}
	for _, signer := range known {
		if !strings.Contains(signer, "+") {
			witnesses[signer] = true
			continue
		}
		verifier, err := note.NewVerifier(signer)
		if err != nil {
			return err
		}
		keys = append(keys, verifier)
	}
	verifiers := signers{note.VerifierList(keys...), witnesses}
	raw, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := open(raw, verifiers)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	reader := tlog.TileHashReader(tree, folder(root))
	if tree.N > 0 {
		if err := checkProofs(tree, reader); err != nil {
			return err
		}
	}
	kept, err := checkHistory(root, tree, reader, verifiers)
	if err != nil {
		return err
	}
	tiles, entries, err := checkFiles(root, tree, reader)
	if err != nil {
		return err
	}
	if entries != tree.N {
		return fmt.Errorf("the bundles hold %d entries, the checkpoint covers %d", entries, tree.N)
	}
	fmt.Printf("accepted: %d entries, %d tiles, %d kept checkpoints, root %s\n", entries, tiles, kept, tree.Hash)
	return nil
}

func checkProofs(tree tlog.Tree, reader tlog.HashReader) error {
	n := tree.N / 2
	leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, n, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf[0]); err != nil {
		return fmt.Errorf("inclusion of entry %d: %w", n, err)
	}
	old := tree.N/2 + 1
	hash, err := tlog.TreeHash(old, reader)
	if err != nil {
		return err
	}
	return consistent(tree, tlog.Tree{N: old, Hash: hash}, reader)
}

func consistent(tree, old tlog.Tree, reader tlog.HashReader) error {
	proof, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("consistency of %d with %d entries: %w", tree.N, old.N, err)
	}
	return nil
}

func checkHistory(root string, tree tlog.Tree, reader tlog.HashReader, verifiers signers) (int, error) {
	names, err := filepath.Glob(filepath.Join(root, "checkpoints", "*"))
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return 0, err
		}
		old, err := open(raw, verifiers)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		if filepath.Base(name) != strconv.FormatInt(old.N, 10) || old.N > tree.N {
			return 0, fmt.Errorf("%s: holds a checkpoint of %d entries; the log has %d", name, old.N, tree.N)
		}
		if old.N == 0 {
			continue
		}
		if err := consistent(tree, old, reader); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	return len(names), nil
}

// checkFiles compares every tile and bundle on the disk, outdated partial ones included, with authenticated hashes.
func checkFiles(root string, tree tlog.Tree, reader tlog.HashReader) (tiles int, entries int64, err error) {
	err = filepath.Walk(filepath.Join(root, "tile"), func(name string, info os.FileInfo, err error) error {
		if err != nil {
			if os.IsNotExist(err) && tree.N == 0 {
				return nil
			}
			return err
		}
		if info.IsDir() {
			return nil
		}
		relative, _ := filepath.Rel(root, name)
		path := strings.Replace(filepath.ToSlash(relative), "tile/", "tile/8/", 1)
		path = strings.Replace(path, "tile/8/entries/", "tile/8/data/", 1)
		tile, err := tlog.ParseTilePath(path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		tiles++
		hashes, err := split(tile, data)
		if err != nil {
			return fmt.Errorf("%s: %w", relative, err)
		}
		if end := tile.N<<height + int64(len(hashes)); tile.L == -1 && end > entries {
			entries = end
		}
		if err := compare(tile, hashes, tree, reader); err != nil {
			return fmt.Errorf("%s: %w", relative, err)
		}
		return nil
	})
	return tiles, entries, err
}

func split(tile tlog.Tile, data []byte) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for tile.L == -1 && len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("entry %d reaches beyond the end of the bundle", len(hashes))
		}
		length := int(binary.BigEndian.Uint16(data))
		hashes = append(hashes, tlog.RecordHash(data[2:2+length]))
		data = data[2+length:]
	}
	for ; tile.L >= 0 && len(data) >= tlog.HashSize; data = data[tlog.HashSize:] {
		var hash tlog.Hash
		copy(hash[:], data)
		hashes = append(hashes, hash)
	}
	if len(data) > 0 || len(hashes) != tile.W {
		return nil, fmt.Errorf("holds %d items, its name says %d", len(hashes), tile.W)
	}
	return hashes, nil
}

func compare(tile tlog.Tile, hashes []tlog.Hash, tree tlog.Tree, reader tlog.HashReader) error {
	level := 0
	if tile.L > 0 {
		level = tile.L * height
	}
	var indexes []int64
	for at := range hashes {
		position := tile.N<<height + int64(at)
		if (position+1)<<level > tree.N {
			return fmt.Errorf("item %d lies beyond the checkpoint of %d entries", at, tree.N)
		}
		indexes = append(indexes, tlog.StoredHashIndex(level, position))
	}
	wanted, err := reader.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for at := range hashes {
		if !bytes.Equal(hashes[at][:], wanted[at][:]) {
			return fmt.Errorf("item %d (entry %d on) does not lead to the signed root", at, (tile.N<<height+int64(at))<<level)
		}
	}
	return nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: go_sumdb <log folder> <vkey of each shard and key, or name of a witness>...")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "rejected:", err)
		os.Exit(1)
	}
}
