"""Whether a model that was trained here may be used: only after a gate let it in, and only as it was then.

A folder with `training.json` holds a candidate. `averment eval gate BEFORE AFTER --admit FOLDER` writes
`admission.json` beside it: digests of the model and of the two results it was judged by. A model whose files have
changed since is a candidate again. Folders without `training.json` came from elsewhere and are not judged here.

This keeps a model from being used by oversight. Whoever may write into the folder can forge the file; what was
admitted, and when, is in the evidence log.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from averment.core.errors import ConfigurationError
from averment.pipelines.models.model_folder import ADMISSION, TRAINING, model_digest

SCHEMA_VERSION: Final = 1


def is_candidate(folder: Path) -> bool:
    """Tell whether a folder holds a model that was trained here."""
    return (folder / TRAINING).is_file()


def require_admission(folder: Path, *, setting: str) -> None:
    """Refuse a candidate that was not admitted, or has changed since.

    Args:
        folder: The model's folder.
        setting: What names it, for the message.

    Raises:
        ConfigurationError: It may not be used.
    """
    if not is_candidate(folder):
        return
    mend = f"averment eval gate BEFORE AFTER --admit {folder}"
    admission = read_admission(folder)
    if admission is None:
        raise ConfigurationError(
            f"{setting} names {str(folder)!r}, a model trained here that no evaluation has admitted yet", hint=mend
        )
    if admission.get("model_digest") != model_digest(folder):
        raise ConfigurationError(
            f"{setting} names {str(folder)!r}, whose files have changed since it was admitted",
            hint=f"evaluate it again, then {mend}",
        )


def read_admission(folder: Path) -> Mapping[str, object] | None:
    """Return a folder's admission; None where it has none or an unreadable one."""
    return _read(folder / ADMISSION)


def read_training(folder: Path) -> Mapping[str, object]:
    """Return what was recorded when a model was trained.

    Raises:
        ConfigurationError: The folder holds no model that was trained here.
    """
    found = _read(folder / TRAINING)
    if found is None:
        raise ConfigurationError(
            f"{str(folder)!r} holds no readable {TRAINING}, which averment train writes beside a model",
            hint="name the folder that averment train wrote",
        )
    return found


def held_out_documents(folder: Path) -> tuple[str, ...]:
    """Return the content hashes of the documents that a model trained here did not see.

    Raises:
        ConfigurationError: The folder holds no model that was trained here.
    """
    split = read_training(folder)["split"]
    assert isinstance(split, Mapping), "training.json has a split"
    return tuple(map(str, split["held_out"]))


def write_admission(folder: Path, facts: Mapping[str, object]) -> None:
    """Admit the model as it is now."""
    record = {"schema_version": SCHEMA_VERSION, "model_digest": model_digest(folder), **facts}
    fresh = folder / f".{ADMISSION}.{os.getpid()}"
    fresh.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    fresh.replace(folder / ADMISSION)


def _read(path: Path) -> Mapping[str, object] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
