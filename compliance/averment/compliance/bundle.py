"""Exported bundles: a ZIP that can be checked offline, byte for byte the same from the same state of the log.

A bundle of the whole log holds its files; a slice holds single entries, each with its proof, no other leaf, and the
proofs (`growth/<size>`) that the log extends every checkpoint it kept, one of which may be on somebody's paper. The
manifest lists every other file with its SHA-256, and says that no texts are inside, so that none is masked: leaves hold
digests, codes and pseudonyms. `report.html` shows the entries to people. Files are stored uncompressed, in order of
their names, with a fixed time. The trust policy stays out unless asked for: it must reach the reader on a way of its
own.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import rfc8785

from averment.compliance.bundle_page import bundle_page
from averment.compliance.events import decode_leaf
from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.durable import make_folder
from averment.compliance.log.layout import CHECKPOINT, HISTORY, TILE_WIDTH, TIMESTAMPS, Tile, bundle_tiles, tree_tiles
from averment.compliance.log.note import Note
from averment.compliance.log.reader import LogReader
from averment.core.errors import AuditIntegrityError

MANIFEST: Final = "manifest.json"
BUNDLE_SCHEMA: Final = "averment.bundle/1"
VERIFIER: Final = "averment_verify.py"
REPORT: Final = "report.html"
NO_TEXTS: Final = "no-texts"
"""The level of masking of what holds leaves alone."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_NOTES: Final = """\
This bundle holds a part of, or a whole, tamper-evident log.

Check it without a network:

    python averment_verify.py BUNDLE.zip --policy POLICY

The policy (or the log's public key) is not in the bundle, or not to be taken from it: it must reach you on a way of
its own. The checker needs Python 3.11 and the package `cryptography`. You may bring your own copy of it.

report.html shows the entries to people; it proves nothing by itself.

What a passed check does not establish is printed by the checker.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRequest:
    """What goes into a bundle.

    `indexes` None asks for the whole log; `policy` is the text of the trust policy where it is to be enclosed.
    """

    indexes: Sequence[int] | None = None
    policy: str | None = None


def write_bundle(evidence_dir: Path, out: Path, *, request: BundleRequest, note: Note) -> None:
    """Write a bundle of the log's state at a checkpoint.

    Args:
        evidence_dir: The folder `evidence/`.
        out: The ZIP file to write; replaced where it exists.
        request: What goes in.
        note: The checkpoint's note.

    Raises:
        AuditIntegrityError: A file of the log is missing or does not fit the checkpoint.
    """
    checkpoint = Checkpoint.parse(note.text, name=CHECKPOINT)
    reader = LogReader(evidence_dir / "log")
    kind: Literal["log", "slice"] = "log" if request.indexes is None else "slice"
    members: dict[str, bytes] = {f"log/{CHECKPOINT}": note.encode()}
    members[VERIFIER] = (files("averment.compliance") / VERIFIER).read_bytes()
    members["README.txt"] = _NOTES.encode()
    if request.policy is not None:
        members["policy.tlog-policy"] = request.policy.encode()
    if request.indexes is None:
        members |= _log_members(reader, checkpoint)
    else:
        members |= _slice_members(reader, note, request.indexes)
    members[REPORT] = _report(kind, checkpoint, reader, indexes=request.indexes)
    members[MANIFEST] = _manifest(kind, checkpoint, members)
    make_folder(out.parent)
    temporary = out.with_name(out.name + ".tmp")
    temporary.write_bytes(pack(members))
    temporary.replace(out)


def pack(members: Mapping[str, bytes]) -> bytes:
    """Write members as a ZIP that depends on their names and contents only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])
    return buffer.getvalue()


def _manifest(kind: str, checkpoint: Checkpoint, members: Mapping[str, bytes]) -> bytes:
    return rfc8785.dumps(
        {
            "schema": BUNDLE_SCHEMA,
            "kind": kind,
            "masking": NO_TEXTS,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": base64.b64encode(checkpoint.root).decode(),
            "files": [
                {"path": name, "bytes": len(members[name]), "sha256": f"sha256:{_sha256(members[name])}"}
                for name in sorted(members)
            ],
        }
    )


def _report(kind: str, checkpoint: Checkpoint, reader: LogReader, *, indexes: Sequence[int] | None) -> bytes:
    size = checkpoint.size
    if indexes is None:
        entries = reader.entries(reader.first(size), size, size=size)
    else:
        entries = ((index, reader.entry(index, size=size)) for index in sorted(set(indexes)))
    leaves = (decode_leaf(entry, index=index) for index, entry in entries)
    return bundle_page(leaves, checkpoint=checkpoint, kind=kind).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _log_members(reader: LogReader, checkpoint: Checkpoint) -> Iterator[tuple[str, bytes]]:
    """Yield the log's files at the checkpoint's size, without what an earlier or later size needs."""
    for name, kept, old in reader.history():
        if old.size <= checkpoint.size:
            yield f"log/{name}", kept.encode()
            token = reader.folder / TIMESTAMPS / f"{old.size}.tsr"
            if token.is_file():
                yield f"log/{TIMESTAMPS}/{token.name}", token.read_bytes()
    first = reader.first(checkpoint.size)
    for tile in _tiles(checkpoint.size):
        if tile.level is None and tile.index * TILE_WIDTH < first:
            continue  # pruned, as the log itself says
        yield f"log/{tile.path}", reader.tile(tile)


def _tiles(size: int) -> Iterable[Tile]:
    yield from tree_tiles(size)
    yield from bundle_tiles(size)


def _slice_members(reader: LogReader, note: Note, indexes: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    size = Checkpoint.parse(note.text, name=CHECKPOINT).size
    for _, _, old in reader.history():
        if 0 < old.size < size:
            path = "".join(f"{base64.b64encode(node).decode()}\n" for node in reader.consistency(old.size, size))
            yield f"growth/{old.size}", path.encode()
    for index in sorted(set(indexes)):
        proof, entry = reader.proof(index, note)
        yield f"entries/{index}.json", entry
        yield f"proofs/{index}.tlog-proof", proof.encode().encode()


def history_note(evidence_dir: Path, size: int) -> Note:
    """Return the kept checkpoint of a size.

    Raises:
        AuditIntegrityError: None of that size was kept.
    """
    path = evidence_dir / "log" / HISTORY / str(size)
    if not path.is_file():
        raise AuditIntegrityError(f"no checkpoint of {size} entries was kept in {path.parent}")
    return Note.parse(path.read_bytes(), name=f"{HISTORY}/{size}")
