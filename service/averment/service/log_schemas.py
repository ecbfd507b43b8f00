"""What `/v1/audit`, `/v1/obligations` and `/v1/reports` take and give, as OpenAPI shows it."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from averment.compliance.audit import ExportKind
from averment.compliance.documents.filled import Language
from averment.compliance.obligations import SCOPE_PATTERN, State, Who
from averment.compliance.pii.kinds import Level
from averment.core.jsonable import Json
from averment.service.log_desk import LogQuery
from averment.service.reporting import Form, Order
from averment.service.schemas import Body, Day

_MOMENT: Final = r"^[0-9TZ:.+-]{0,40}$"
_ID: Final = r"^[A-Za-z0-9_.:-]{0,100}$"
_TYPE: Final = r"^[a-z][a-z.-]{0,60}$"


class EntryQuery(Body):
    """Which entries: an empty field asks for all. `user` is a name, or the pseudonym that entries show."""

    type: list[Annotated[str, Field(pattern=_TYPE)]] = Field(default=[], max_length=100)
    since: str = Field(default="", pattern=_MOMENT)
    until: str = Field(default="", pattern=_MOMENT)
    user: str = Field(default="", max_length=300)
    purpose: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9_.-]{0,63})?$")
    document: str = Field(default="", pattern=_ID)
    answer: str = Field(default="", pattern=_ID)

    def query(self) -> LogQuery:
        """Return what the desk of the log takes."""
        return LogQuery(
            types=tuple(self.type),
            since=self.since,
            until=self.until,
            user=self.user,
            purpose=self.purpose,
            document=self.document,
            answer=self.answer,
        )


class EntryPageQuery(EntryQuery):
    """As above, a page at a time, newest first."""

    cursor: str | None = Field(default=None, max_length=1000, description="`next_cursor` of the piece before")
    limit: int = Field(default=50, ge=1, le=500)


class PeriodQuery(Body):
    """A period; an empty field leaves its end open."""

    since: str = Field(default="", pattern=_MOMENT)
    until: str = Field(default="", pattern=_MOMENT)


class ExportBody(EntryQuery):
    """Which entries leave, and as what."""

    kind: ExportKind = "bundle"


class DutyQuery(Body):
    """A day, and whose duties of which scope; `every` has also what does not apply yet, or no longer."""

    on: Day
    who: Who | None = None
    scope: str | None = Field(default=None, pattern=SCOPE_PATTERN, max_length=60)
    every: bool = False


class ReportBody(Body):
    """A document to be made; `about` is the answer or the incident, for kinds about one."""

    format: Form = "html"
    language: Language = "en"
    about: str = Field(default="", pattern=_ID)
    as_of: str | None = Field(default=None, pattern=_MOMENT, min_length=10)
    mask: Level = Level.NONE
    with_texts: bool = False

    def order(self, kind: str) -> Order:
        """Return what the desk of documents takes."""
        return Order(
            kind=kind,
            form=self.format,
            language=self.language,
            about=self.about,
            as_of=self.as_of,
            mask=self.mask,
            with_texts=self.with_texts,
        )


class EntryRow(BaseModel):
    """An entry of the log as it stands in it: codes, counts, digests and pseudonyms, no content."""

    seq: int
    time: str
    type: str
    actor: str
    purpose: str
    parents: list[int]
    data: dict[str, Json]


class EntryPage(BaseModel):
    """Entries, newest first; `next_cursor` continues the list, null at its end. `size` is that of the log."""

    data: list[EntryRow]
    next_cursor: str | None
    size: int


class ReceiptBody(BaseModel):
    """The proof that an entry is in the log: enough to check it offline (`averment-verify`)."""

    origin: str
    index: int
    leaf_hash: str
    entry: str
    checkpoint: str
    inclusion_proof: str


class EntryProof(BaseModel):
    """An entry, and its receipt."""

    entry: EntryRow
    receipt: ReceiptBody


class FailureRow(BaseModel):
    """A failed check."""

    place: str
    reason: str


class VerdictBody(BaseModel):
    """What a check of something that was brought found, and what it does not establish."""

    kind: Literal["receipt", "bundle", "proof", "checkpoint"]
    ok: bool
    origin: str
    size: int
    root: str
    entry: int | None
    checked: list[str]
    failures: list[FailureRow]
    not_established: list[str]


class VerificationBody(BaseModel):
    """The last check of the whole log since the service started."""

    at: str
    duration_s: float
    ok: bool
    size: int
    n_files: int
    payloads_present: int
    payloads_absent: int
    failures: list[FailureRow]
    not_established: list[str]


class WitnessRow(BaseModel):
    """A witness, and when it cosigned the newest checkpoint; null where it did not."""

    name: str
    cosigned_at: str | None


class LogStateBody(BaseModel):
    """The log at its newest checkpoint; `code` are the lines of the newest kept checkpoint, to be kept elsewhere."""

    origin: str
    size: int
    root: str
    note: str
    kept_size: int
    code: str
    quorum: str
    witnesses: list[WitnessRow]
    n_timestamps: int
    newest_timestamp_size: int | None
    verified: VerificationBody | None


class CoverageRow(BaseModel):
    """A kind of event in a period: which letters of Article 12(2) it serves, and how often it was seen."""

    type: str
    serves: str
    entries: int
    first: str | None
    last: str | None


class CoverageBody(BaseModel):
    """Every declared kind of event, those never seen, and what is recorded within another."""

    events: list[CoverageRow]
    never_seen: list[str]
    recorded_within: dict[str, str]


class DutyRow(BaseModel):
    """A duty on a day, for one scope: one date per reading."""

    id: str
    article: str
    who: list[Who]
    scope: str
    state: State
    what: str
    source: str
    verified: bool
    applies_from: list[str | None]
    applies_until: list[str | None]
    readings: list[str]


class DutiesBody(BaseModel):
    """Duties on a day, as they were known on another; no legal advice. `scopes` are all that can be asked for."""

    on: str
    as_of: str
    scopes: list[str]
    sources: dict[str, str]
    data: list[DutyRow]


class KindBody(BaseModel):
    """A kind of document; `exported_at` is the size of the log when it was exported last, null for never."""

    kind: str
    title: str
    article: str
    about: str
    fields: int
    languages: list[Language]
    exported_at: int | None


class KindsBody(BaseModel):
    """The kinds of documents."""

    data: list[KindBody]
