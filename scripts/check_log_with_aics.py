"""Let aics-tlog read a log: another implementation of the C2SP formats, in Python, by other people.

    INTERPRETER scripts/check_log_with_aics.py LOG_FOLDER VKEY [--witness VKEY]... [--quorum K]

It checks the newest checkpoint with its cosignatures, every kept checkpoint, every tile and every entry bundle. Exit
code 0 accepts, 1 rejects. aics-tlog asks for Python 3.12, so the interpreter is one of its own (`INSTALL`).
"""

import argparse
import os
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
INSTALL = "PYTHON -m venv .venv-aics && .venv-aics/bin/pip install aics-tlog==0.2.1"
MISSING = (
    f"needs aics-tlog: {INSTALL}, where PYTHON is any interpreter of 3.12 or later, also one that is not on PATH "
    "(pyenv: ~/.pyenv/versions/3.12.*/bin/python); where there is none, `uv venv --seed --python 3.12 .venv-aics` is "
    "the first half; or AVERMENT_TEST_AICS_PYTHON names an interpreter that has it"
)


def find_interpreter() -> str | None:
    """Return an interpreter that should have aics-tlog, or None."""
    named = os.environ.get("AVERMENT_TEST_AICS_PYTHON")
    own = REPO / ".venv-aics" / "bin" / "python"
    return named or (str(own) if own.exists() else None)


def check(log: Path, vkeys: list[str], *, witnesses: list[str], quorum: int) -> str:
    """Check everything and say what was accepted.

    Raises:
        ValueError: Something does not fit.
        OSError: A file is missing.
    """
    import aics_tlog  # type: ignore[import-not-found] # lives in an interpreter of its own

    keys = {key.name: key for key in map(aics_tlog.parse_vkey, vkeys)}
    seers = [aics_tlog.parse_vkey(witness) for witness in witnesses]

    def opened(path: Path, needed: int) -> tuple[int, bytes]:
        raw = path.read_bytes()
        key = keys.get(raw.partition(b"\n")[0].decode("utf-8", "replace"))
        if key is None:
            raise ValueError(f"{path.name}: no public key was given of its origin")
        note = aics_tlog.parse_note(raw)
        found = aics_tlog.verify_checkpoint(note, key, seers, needed, expected_origin=key.name)
        if not found.ok:
            raise ValueError(f"{path.name}: {found.error or 'the quorum is not met'}")
        return found.size, found.root

    size, root = opened(log / "checkpoint", quorum)
    reader = aics_tlog.FileSystemTileReader(log)
    audit = aics_tlog.audit_tiles(reader, size, root)
    kept = sorted((log / "checkpoints").iterdir())
    for path in kept:
        old_size, old_root = opened(path, 0)
        if aics_tlog.tree_root_from_tiles(reader, old_size, size) != old_root:
            raise ValueError(f"{path.name}: the log does not extend it")
    return f"accepted: {size} entries, {audit.tiles} tiles, {audit.bundles} bundles, {len(kept)} kept checkpoints"


def main() -> int:
    """Check one log and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path, help="the folder `log` of `evidence`; it is only read")
    parser.add_argument("vkey", nargs="+", help="the log's public key, under the name of each shard")
    parser.add_argument("--witness", action="append", default=[], help="a witness's public key; repeat for several")
    parser.add_argument("--quorum", type=int, default=0, help="how many of them must have cosigned")
    options = parser.parse_args()
    try:
        print(check(options.log, options.vkey, witnesses=options.witness, quorum=options.quorum))
    except (ValueError, OSError) as error:
        print(f"rejected: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
