"""Makes an installation: settings file, data directory, keys, evidence log, API key, trial purpose.

Nothing that exists is changed; running it again adds what is missing.
"""

from pathlib import Path

import yaml

from averment.compliance.key_encryption import wrapping_key
from averment.compliance.purposes.record import new_record
from averment.compliance.purposes.store import TRIAL, PurposeStore
from averment.compliance.recorder import init_evidence, open_evidence
from averment.compliance.signing_keys import mark_key
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import Clock, SystemClock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.errors import ConfigurationError
from averment.core.settings import Settings
from averment.core.settings_file import FILE_NAME, LoadedSettings
from averment.service.identity.api_keys import ApiKeys
from averment.service.identity.first_key import API_KEY_FILE, make_first_key
from averment.service.identity.store import open_store


def initialise(
    loaded: LoadedSettings, *, source: Path | None, subject: str, clock: Clock | None = None
) -> dict[str, str]:
    """Make what is missing and say where it is.

    Args:
        loaded: The settings in force.
        source: A folder of documents to write into a new settings file.
        subject: Who does it; pseudonymised in the log.
        clock: Tells the time.

    Raises:
        ConfigurationError: `source` is no folder, or a settings file exists already and `source` was given.
    """
    clock = clock or SystemClock()
    settings = loaded.settings
    made: dict[str, str] = {"settings": str(_settings_file(loaded, source))}
    data_dir = open_data_dir(settings.data_dir)
    made["data"] = str(data_dir.root)
    _first_purpose(PurposeStore(data_dir.purposes), settings.purpose)
    is_new = not (data_dir.evidence / "log" / "checkpoint").exists()
    if is_new:
        wrapping = wrapping_key(settings.log)
        init_evidence(data_dir.evidence, data_dir.keys, origin=settings.log.origin, clock=clock, wrapping=wrapping)
        with open_evidence(data_dir.evidence, data_dir.keys, clock=clock, settings=settings.log) as evidence:
            evidence.append(
                AuditEvent(
                    type=EventType.PURPOSE_CREATED,
                    subject=subject,
                    purpose=settings.purpose,
                    data={"purpose": settings.purpose, "mode": "trial", "assessment_digest": None},
                )
            )
    mark_key(data_dir.keys, name=settings.log.origin)
    made["log"] = str(data_dir.evidence)
    made["policy"] = str(data_dir.evidence / "policy.tlog-policy")
    made["api key"] = str(_first_key(data_dir, settings=settings, subject=subject, clock=clock))
    return made


def _first_purpose(purposes: PurposeStore, code: str) -> None:
    """Record the purpose of requests that name none, unless it is the packaged trial."""
    if code != TRIAL and not purposes.path(code).exists():
        purposes.write(new_record(code, description="The first purpose", owner="", intended_use=""))


def _settings_file(loaded: LoadedSettings, source: Path | None) -> Path:
    if loaded.path is not None:
        if source is not None:
            raise ConfigurationError(
                f"{str(loaded.path)!r} exists, --source is written into new settings only",
                hint="add the folder to its sources",
            )
        return loaded.path
    if source is not None and not source.is_dir():
        raise ConfigurationError(f"--source {str(source)!r} is no folder", hint="name an existing folder")
    path = loaded.root / FILE_NAME
    sources = [{"name": "documents", "path": str(source.resolve())}] if source else []
    data_dir = loaded.settings.data_dir
    if data_dir.is_relative_to(loaded.root):
        data_dir = data_dir.relative_to(loaded.root)
    text = "# Settings of Averment. `averment config show` lists every setting with its meaning.\n" + yaml.safe_dump(
        {"data_dir": str(data_dir), "sources": sources}, sort_keys=False
    )
    path.write_text(text, encoding="utf-8")
    return path


def _first_key(data_dir: DataDir, *, settings: Settings, subject: str, clock: Clock) -> Path:
    """Make the first API key where its file is missing, and log it and the end of the one before."""
    path = data_dir.keys / API_KEY_FILE
    if path.exists():
        return path
    with (
        open_evidence(data_dir.evidence, data_dir.keys, clock=clock, settings=settings.log) as evidence,
        open_store(data_dir.access) as store,
    ):
        ended, made = make_first_key(ApiKeys(store, clock=clock), path, tenant=settings.tenant)
        for key in ended:
            data = {**key.log_name, "reason": "revoked"}
            evidence.append(AuditEvent(type=EventType.KEY_DESTROYED, subject=subject, data=data))
        evidence.append(AuditEvent(type=EventType.KEY_CREATED, subject=subject, data=made.log_name))
    return path
