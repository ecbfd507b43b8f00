"""The one place where a principal and filters become a condition of the search engine.

The condition always names the tenant and the reader groups. A principal without groups has no condition at all
(`None`): the caller must not search. An empty list of alternatives cannot be built, since engines read an empty
condition as "everything". Nothing here is cached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from averment.core.access import Filters, Principal
from averment.core.errors import UsageError
from averment.pipelines.stores.filter_terms import DATE_FIELD, TERM_FIELDS, date_bound, normalise

if TYPE_CHECKING:
    from qdrant_client import models
    from qdrant_edge import Filter as EdgeFilter

TENANT_FIELD: Final = "tenant"
READERS_FIELD: Final = "readers"
LEVEL_FIELD: Final = "level"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """The field holds at least one of the values. There is at least one value."""

    field: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError(f"a condition on {self.field!r} without values would match everything or nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The integer field is within inclusive bounds. At least one bound is given."""

    field: str
    low: int | None
    high: int | None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError(f"a range on {self.field!r} needs a bound")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFilter:
    """Conditions that must all hold: tenant and readers, then whatever else limits the search."""

    tenant: AnyOf
    readers: AnyOf
    limits: tuple[AnyOf | Between, ...] = ()

    @property
    def conditions(self) -> tuple[AnyOf | Between, ...]:
        """Return every condition."""
        return (self.tenant, self.readers, *self.limits)


def compile_filter(principal: Principal, filters: Filters, *, level: str | None = None) -> AccessFilter | None:
    """Compile who asks and what is asked about into one condition; None where nothing may be found.

    `level` limits to points of that level (`IndexQuery.level`).

    Raises:
        UsageError: A date bound is no date, or the bounds are the wrong way round.
    """
    groups = tuple(dict.fromkeys(group for group in principal.groups if group))
    dates = _dates(filters)
    if not groups or not principal.tenant:
        return None
    limits: list[AnyOf | Between] = [] if level is None else [AnyOf(field=LEVEL_FIELD, values=(level,))]
    for field in TERM_FIELDS:
        wanted: tuple[str, ...] = getattr(filters, field)
        if wanted:
            limits.append(AnyOf(field=field, values=tuple(dict.fromkeys(normalise(field, value) for value in wanted))))
    if dates is not None:
        limits.append(dates)
    return AccessFilter(
        tenant=AnyOf(field=TENANT_FIELD, values=(principal.tenant,)),
        readers=AnyOf(field=READERS_FIELD, values=groups),
        limits=tuple(limits),
    )


def matches(condition: AccessFilter, payload: Mapping[str, object]) -> bool:
    """Decide the condition on a payload in plain Python: what the engines must agree with."""
    return all(_holds(part, payload.get(part.field)) for part in condition.conditions)


def to_client(condition: AccessFilter) -> "models.Filter":
    """Write the condition for a Qdrant server."""
    from qdrant_client import models

    def write(part: AnyOf | Between) -> "models.FieldCondition":
        if isinstance(part, Between):
            return models.FieldCondition(key=part.field, range=models.Range(gte=part.low, lte=part.high))
        # One value is checked a third faster than a list of one.
        if len(part.values) == 1:
            return models.FieldCondition(key=part.field, match=models.MatchValue(value=part.values[0]))
        return models.FieldCondition(key=part.field, match=models.MatchAny(any=list(part.values)))

    return models.Filter(must=[write(part) for part in condition.conditions])


def to_edge(condition: AccessFilter) -> "EdgeFilter":
    """Write the condition for Qdrant Edge."""
    from qdrant_edge import FieldCondition, Filter, MatchAny, MatchValue, RangeFloat

    def write(part: AnyOf | Between) -> FieldCondition:
        if isinstance(part, Between):
            return FieldCondition(part.field, range=RangeFloat(gte=part.low, lte=part.high))
        if len(part.values) == 1:
            return FieldCondition(part.field, match=MatchValue(part.values[0]))
        return FieldCondition(part.field, match=MatchAny(list(part.values)))

    return Filter(must=[write(part) for part in condition.conditions])


def _dates(filters: Filters) -> Between | None:
    low, high = date_bound("date_from", filters.date_from), date_bound("date_to", filters.date_to)
    if low is not None and high is not None and low > high:
        raise UsageError(
            f"filter date_from={filters.date_from!r} is after date_to={filters.date_to!r}", hint="swap the two dates"
        )
    return None if low is None and high is None else Between(field=DATE_FIELD, low=low, high=high)


def _holds(part: AnyOf | Between, value: object) -> bool:
    if isinstance(part, AnyOf):
        held = (value,) if isinstance(value, str) else value
        return isinstance(held, (list, tuple)) and any(item in part.values for item in held)
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return (part.low is None or value >= part.low) and (part.high is None or value <= part.high)
