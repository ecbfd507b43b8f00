"""Which duties of the AI Act apply on a day, to whom, and under which reading of the text.

The rows are dated data (`regulation/obligations.yaml`, `regulation/status.yaml`), each with its source and whether it
was verified. Where the text can be read in two ways both readings are kept: a row that applies under one of them only
is `contested` on that day. Nothing here is legal advice, and nothing says that a duty is met.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

Who = Literal["provider", "deployer", "supplier", "model-provider"]
State = Literal["applies", "contested", "not-yet", "ended"]
DATA: Final = "regulation"
SCOPE_PATTERN: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class _Row(BaseModel):
    """A part of the data files; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Period(_Row):
    """From which day on something applies to a scope; `applies_until` is the first day it no longer does."""

    scope: Annotated[str, Field(pattern=SCOPE_PATTERN)]
    applies_from: date
    applies_until: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether the period holds the day."""
        return self.applies_from <= day and (self.applies_until is None or day < self.applies_until)


class Reading(_Row):
    """One way to read a contested date."""

    reading: str
    periods: tuple[Period, ...]


class Obligation(_Row):
    """A duty: one set of periods, or several readings with their own.

    `source` is a name among `Regulation.sources`; `what` is in our own words.
    """

    id: str
    article: str
    who: tuple[Who, ...]
    what: str
    source: str
    verified: bool
    periods: tuple[Period, ...] = ()
    contested: tuple[Reading, ...] = ()

    @model_validator(mode="after")
    def _has_one_kind_of_dates(self) -> "Obligation":
        if bool(self.periods) == bool(self.contested) or len(self.contested) == 1:
            raise ValueError(f"{self.id!r} needs either periods or at least two readings")
        return self

    @property
    def readings(self) -> tuple[tuple[Period, ...], ...]:
        """Return the periods of every reading; one where nothing is contested."""
        return tuple(reading.periods for reading in self.contested) or (self.periods,)


class Regulation(_Row):
    """The obligations as they were known on a day."""

    schema_version: Literal[1]
    as_of: date
    sources: dict[str, str]
    calendars: dict[str, object]  # anchors that rows refer to
    obligations: tuple[Obligation, ...]

    @model_validator(mode="after")
    def _rows_are_told_apart_and_have_sources(self) -> "Regulation":
        ids = [row.id for row in self.obligations]
        if len(set(ids)) != len(ids):
            raise ValueError("two obligations share an id")
        unknown = {row.source for row in self.obligations} - set(self.sources)
        if unknown:
            raise ValueError(f"unknown sources: {sorted(unknown)}")
        return self


class SoftLaw(_Row):
    """A guideline or a code, and where it stood."""

    id: str
    subject: str
    state: str
    as_of: date
    verified: bool


class Standard(SoftLaw):
    """A standard; `ojeu_cited` where its reference stands in the Official Journal."""

    ojeu_cited: bool


class Status(_Row):
    """Standards, guidelines and codes as they stood on a day."""

    schema_version: Literal[1]
    as_of: date
    standards: tuple[Standard, ...]
    guidelines: tuple[SoftLaw, ...]
    codes: tuple[SoftLaw, ...]

    @property
    def is_presumption_possible(self) -> bool:
        """Tell whether any standard is cited in the Official Journal."""
        return any(standard.ojeu_cited for standard in self.standards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """An obligation on a day, for one scope.

    `applies_from` and `applies_until` hold one date per reading, in the order of `readings`, which is empty where
    nothing is contested; a date is None where a reading has none.
    """

    id: str
    article: str
    who: tuple[Who, ...]
    scope: str
    state: State
    what: str
    applies_from: tuple[date | None, ...]
    applies_until: tuple[date | None, ...]
    readings: tuple[str, ...]
    source: str
    verified: bool


@cache
def regulation() -> Regulation:
    """Return the packaged obligations."""
    return Regulation.model_validate(yaml.safe_load(_data("obligations.yaml")))


@cache
def status() -> Status:
    """Return the packaged state of standards, guidelines and codes."""
    return Status.model_validate(yaml.safe_load(_data("status.yaml")))


def duties_on(
    day: date, *, rows: Sequence[Obligation], who: str | None = None, scope: str | None = None
) -> tuple[Duty, ...]:
    """Return every duty as it stands on a day, in the order of the rows.

    Args:
        day: The day asked for.
        rows: The obligations.
        who: Only those of a role.
        scope: Only those of a scope or of the scopes that begin with it (`high-risk`); rows for `all` always count.
    """
    chosen = (row for row in rows if who is None or who in row.who)
    return tuple(
        _duty(row, day=day, scope=each) for row in chosen for each in _scopes(row) if scope is None or _in(each, scope)
    )


def scopes_of(rows: Sequence[Obligation]) -> list[str]:
    """Return every scope that a duty has, sorted."""
    return sorted({scope for row in rows for scope in _scopes(row)})


def _scopes(row: Obligation) -> Iterable[str]:
    return dict.fromkeys(period.scope for periods in row.readings for period in periods)


def _in(scope: str, wanted: str) -> bool:
    return scope in ("all", wanted) or scope.startswith(f"{wanted}-")


def _duty(row: Obligation, *, day: date, scope: str) -> Duty:
    periods = [next((each for each in reading if each.scope == scope), None) for reading in row.readings]
    return Duty(
        id=row.id,
        article=row.article,
        who=row.who,
        scope=scope,
        state=_state(periods, day),
        what=row.what,
        applies_from=tuple(each.applies_from if each else None for each in periods),
        applies_until=tuple(each.applies_until if each else None for each in periods),
        readings=tuple(reading.reading for reading in row.contested),
        source=row.source,
        verified=row.verified,
    )


def _state(periods: Sequence[Period | None], day: date) -> State:
    holds = [each is not None and each.covers(day) for each in periods]
    if all(holds):
        return "applies"
    if any(holds):
        return "contested"
    is_over = all(each is None or (each.applies_until is not None and each.applies_until <= day) for each in periods)
    return "ended" if is_over else "not-yet"


def _data(name: str) -> str:
    return (files("averment.compliance") / DATA / name).read_text(encoding="utf-8")
