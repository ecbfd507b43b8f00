"""A folder with a model's weights: what is in it, its digest, and whether it is what was recorded.

The digest of a folder is the SHA-256 over one line per file (`<sha256>  <name>`), sorted by name. The record
`averment-model.json`, hidden files, and what training and evaluation leave beside a model are no part of it. Hashes of
single files are kept beside the folder, by size and time of change, so that gigabytes are read once.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from averment.core.errors import ModelUnavailable

RECORD: Final = "averment-model.json"
TRAINING: Final = "training.json"
ADMISSION: Final = "admission.json"
MODEL_CARD: Final = "MODEL_CARD.md"
HELD_OUT: Final = "held_out"
_BESIDE: Final = frozenset({RECORD, TRAINING, ADMISSION, MODEL_CARD, HELD_OUT})
_CACHE: Final = ".averment-digests.json"


def is_model_folder(folder: Path) -> bool:
    """Tell whether the folder holds a configuration and weights."""
    return (folder / "config.json").is_file() and any(folder.glob("*.safetensors"))


def model_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a model, sorted by name."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not hidden and parts[0] not in _BESIDE:
            yield path


def model_digest(folder: Path, *, is_kept: bool = True) -> str:
    """Return `sha256:<hex>` of a model folder.

    Args:
        folder: The model.
        is_kept: Whether hashes of files are kept beside the folder; not where it belongs to an installed package.

    Raises:
        ModelUnavailable: The folder holds no model.
    """
    found = file_digests(folder, is_kept=is_kept)
    lines = [f"{digest.removeprefix('sha256:')}  {name}\n" for name, digest in found.items()]
    return f"sha256:{hashlib.sha256(''.join(lines).encode('utf-8')).hexdigest()}"


def file_digests(folder: Path, *, is_kept: bool = True) -> dict[str, str]:
    """Return `sha256:<hex>` by file name, sorted by name; hashes are kept beside the folder unless told otherwise.

    Raises:
        ModelUnavailable: The folder holds no model.
    """
    if not is_model_folder(folder):
        raise ModelUnavailable(
            f"no model in {str(folder)!r}: expected config.json and *.safetensors", hint="`averment model fetch NAME`"
        )
    cache_path = folder.resolve().parent / _CACHE
    known = _read_cache(cache_path)
    fresh: dict[str, dict[str, str | int]] = {}
    digests: dict[str, str] = {}
    for path in model_files(folder):
        status = path.stat()
        key = str(path.resolve())
        entry = known.get(key)
        if entry is None or (entry.get("size"), entry.get("mtime_ns")) != (status.st_size, status.st_mtime_ns):
            entry = {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": sha256_of(path)}
            fresh[key] = entry
        digests[path.relative_to(folder).as_posix()] = str(entry["sha256"])
    if fresh and is_kept:
        _write_cache(cache_path, {**known, **fresh})
    return digests


def changed_files(folder: Path) -> list[str]:
    """Return the files that differ from the folder's record, are missing, or are not in it; empty without a record."""
    recorded = read_record(folder).get("files")
    if not isinstance(recorded, Mapping):
        return []
    present = file_digests(folder)
    names = recorded.keys() | present.keys()
    return sorted(name for name in names if recorded.get(name) != present.get(name))


def read_record(folder: Path) -> dict[str, object]:
    """Return the folder's record, empty where it has none or an unreadable one."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(folder: Path, facts: Mapping[str, object]) -> None:
    """Record what the folder is and the digest of every file in it."""
    record = {"schema_version": 1, **facts, "files": file_digests(folder)}
    fresh = folder / f".{RECORD}.{os.getpid()}"
    fresh.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    fresh.replace(folder / RECORD)


def sha256_of(path: Path) -> str:
    """Return `sha256:<hex>` of a file."""
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _read_cache(path: Path) -> dict[str, dict[str, str | int]]:
    try:
        cached = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: entry for key, entry in cached.items() if isinstance(entry, dict)} if isinstance(cached, dict) else {}


def _write_cache(path: Path, entries: Mapping[str, Mapping[str, str | int]]) -> None:
    # A folder that cannot be written to is read anew each time.
    with contextlib.suppress(OSError):
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(entries), encoding="utf-8")
        fresh.replace(path)
