"""Who could see what an answer rests on: what the log holds, with the names that this installation knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from averment.compliance.readership import Readership, who_could_see
from averment.core.access import EVERYONE, Filters
from averment.core.clock import SystemClock
from averment.core.settings import Settings
from averment.service.identity.api_keys import ApiKey, ApiKeys
from averment.service.identity.store import open_store
from averment.service.runtime import Runtime

NOT_ESTABLISHED: Final = (
    "who was a member of a group without using the system: the issuer or directory knows that",
    "who saw copies outside the system: files at their sources, answers and exports that were handed on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReader:
    """An API key with a group that could read one of the documents, whether it was used for that or not."""

    id: str
    name: str
    subject: str
    groups: tuple[str, ...]
    then: bool
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReaders:
    """Who could see what an answer rests on: by the log, and by the keys of the installation."""

    readership: Readership
    keys: tuple[KeyReader, ...]


def readers_of(runtime: Runtime, answer_id: str, *, subject: str) -> AnswerReaders:
    """Return who could see the documents that an answer cites; see `averment.compliance.readership`.

    Raises:
        UsageError: There is no such answer.
        StoreError: Its texts were erased.
    """
    with open_store(runtime.data_dir.access) as store:
        keys = ApiKeys(store, clock=SystemClock()).list()
        signed_in = [str(row["subject"]) for row in store.rows("SELECT DISTINCT subject FROM sessions")]
    settings = runtime.settings
    labelled = {group for one in runtime.list_documents(None, Filters()) for group in one.access.readers}
    found = who_could_see(
        runtime.oversight.record,
        answer_id,
        subject=subject,
        groups={*labelled, *_named(settings), *(group for key in keys for group in key.groups)},
        subjects={subject, *signed_in, *settings.oversight.reviewers, *(key.subject for key in keys)},
    )
    return AnswerReaders(readership=found, keys=key_readers(keys, found))


def key_readers(keys: Sequence[ApiKey], found: Readership) -> tuple[KeyReader, ...]:
    """Return the keys with a group that could read one of the documents when the answer was asked for, or can now."""
    then = {group for one in found.documents if one.then for group in one.then.groups}
    now = {group for one in found.documents if one.now for group in one.now.groups}
    asked_at = datetime.fromisoformat(found.asked_at)
    readers = [
        KeyReader(
            id=key.id,
            name=key.name,
            subject=key.subject,
            groups=tuple(sorted(set(key.groups) & (then | now))),
            then=bool(set(key.groups) & then) and _was_valid(key, asked_at),
            now=bool(set(key.groups) & now) and key.state == "valid",
        )
        for key in keys
    ]
    return tuple(reader for reader in readers if reader.then or reader.now)


def _was_valid(key: ApiKey, at: datetime) -> bool:
    ends = [end for end in (key.expires_at, key.revoked_at) if end is not None]
    return key.created_at <= at and all(at < end for end in ends)


def _named(settings: Settings) -> set[str]:
    sign_in = settings.sign_in
    by_role = (
        sign_in.analyst_groups,
        sign_in.reviewer_groups,
        sign_in.compliance_officer_groups,
        sign_in.administrator_groups,
    )
    sources = [source.readers for source in settings.sources]
    return {EVERYONE, *(group for groups in (*by_role, *sources) for group in groups)}
