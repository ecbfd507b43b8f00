"""Let Go's checksum database read a log: it must accept the log as it is, and no copy with a byte flipped.

The program in `tests/interop/go_sumdb` does the reading with `golang.org/x/mod/sumdb`, as Debian ships it. Without Go
or that module there is nothing to run: the script says so and exits 77.
"""

import argparse
import base64
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
SOURCE = REPO / "tests" / "interop" / "go_sumdb" / "main.go"
GOPATH = Path("/usr/share/gocode")
MISSING = "needs the Debian packages golang-go and golang-golang-x-mod-dev (make setup-system FEATURES=go-check)"
SKIPPED = 77


def find_go() -> str | None:
    """Return Go where it and its checksum database are installed."""
    has_module = (GOPATH / "src/golang.org/x/mod/sumdb").is_dir()
    return shutil.which("go") if has_module else None


def build_checker(go: str, folder: Path) -> Path:
    """Build the Go program in a folder and return its path."""
    program = folder / "go_sumdb"
    settings = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    subprocess.run([go, "build", "-o", str(program), str(SOURCE)], env={**os.environ, **settings}, check=True)
    return program


def judge(program: Path, log: Path, signers: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Let the Go program read a log folder; exit code 0 accepts, 1 rejects."""
    return subprocess.run([str(program), str(log), *signers], capture_output=True, text=True, check=False)


def log_signers(evidence: Path) -> list[str]:
    """Return whose signatures checkpoints bear: each key of the trust policy by each shard's name, names of witnesses.

    Yearly shards are signed under names of their own, by the same keys; checkpoints say which names there are.
    """
    policy = (evidence / "policy.tlog-policy").read_text(encoding="utf-8")
    lines = [line.split() for line in policy.splitlines() if line]
    keys = [words[1] for words in lines if words[0] == "log"]
    if not keys:
        raise SystemExit(f"{evidence / 'policy.tlog-policy'} names no log")
    log = evidence / "log"
    checkpoints = [log / "checkpoint", *(log / "checkpoints").glob("*")]
    origins = {path.read_text(encoding="utf-8", errors="replace").partition("\n")[0] for path in checkpoints}
    found = [words[2].partition("+")[0] for words in lines if words[0] == "witness"]
    for key in keys:
        own = key.partition("+")[0]
        shards = sorted(name for name in origins if re.fullmatch(re.escape(own) + "/[0-9]{4}", name))
        found += [key, *(under_name(key, name) for name in shards)]
    return found


def under_name(vkey: str, name: str) -> str:
    """Return a public key under another name; its id is made from both (C2SP signed-note)."""
    _, _, key = vkey.split("+", 2)  # base64 has "+" too
    digest = hashlib.sha256(name.encode() + b"\n" + base64.b64decode(key))
    return f"{name}+{digest.hexdigest()[:8]}+{key}"


def accepted_flips(program: Path, log: Path, *, signers: Sequence[str], chance: random.Random) -> list[str]:
    """Flip one bit of each file in turn and return the places where the log was accepted nevertheless."""
    accepted = []
    for path in sorted(path for path in log.rglob("*") if path.is_file()):
        content = path.read_bytes()
        place = chance.randrange(len(content))
        changed = bytes([content[place] ^ (1 << chance.randrange(8))])
        path.write_bytes(content[:place] + changed + content[place + 1 :])
        if judge(program, log, signers).returncode != 1:
            accepted.append(f"{path.relative_to(log)} at byte {place}")
        path.write_bytes(content)
    return accepted


def main() -> int:
    """Check one log and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("evidence", type=Path, help="the folder `evidence/` of a data directory; it is only read")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30), help="chooses the bits that are flipped")
    options = parser.parse_args()
    go = find_go()
    if go is None:
        print(f"check-log: SKIPPED, {MISSING}", file=sys.stderr)
        return SKIPPED
    signers = log_signers(options.evidence)
    with tempfile.TemporaryDirectory() as space:
        program = build_checker(go, Path(space))
        log = Path(shutil.copytree(options.evidence / "log", Path(space) / "log"))
        as_it_is = judge(program, log, signers)
        if as_it_is.returncode != 0:
            print(f"check-log: Go rejects {options.evidence / 'log'}: {as_it_is.stderr.strip()}", file=sys.stderr)
            return 1
        print(f"check-log: Go {as_it_is.stdout.strip()}")
        accepted = accepted_flips(program, log, signers=signers, chance=random.Random(options.seed))
        n_files = sum(path.is_file() for path in log.rglob("*"))
    if accepted:
        print(f"check-log: Go accepts it with a bit flipped in {', '.join(accepted)} (seed {options.seed})")
        return 1
    print(f"check-log: Go rejects it with one bit flipped in any of its {n_files} files (seed {options.seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
