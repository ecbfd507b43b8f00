"""What was read out of a question, listed with ids, and dropped by them.

Every filter and boost that rules made of a question has an id such as `document:<id>`, `form:10-Q`, `period:2024-Q1`,
`topic:governing_law` or `list`. The plural drops all of a sort (`topics`), `all` everything: then the question is
searched as it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from averment.core.errors import UsageError
from averment.core.interpretation import Synonym, Understood
from averment.pipelines.retrieval.demands import Demand
from averment.pipelines.retrieval.question import Question
from averment.pipelines.retrieval.routing import Route

ALL: Final = "all"
_WAYS: Final = ("list", "compare", "parts", "latest")
_SORTS: Final = ("document", "form", "period", "date", "topic", "demand", "synonym", "phrase")
MAX_IGNORED: Final = 64
_MAX_ID_CHARS: Final = 120


@dataclass(frozen=True, slots=True)
class Ignored:
    """What of the understanding of a question is dropped."""

    ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Sequence[str]) -> Self:
        """Read names as a user gives them.

        Raises:
            UsageError: One is no id of anything a question can be understood as, or there are more than 64.
        """
        if len(names) > MAX_IGNORED:
            raise UsageError(f"{len(names)} parts of the understanding are to be ignored, at most {MAX_IGNORED} can be")
        for name in names:
            sort, colon, value = name.partition(":")
            known = name in (ALL, *_WAYS, *(f"{one}s" for one in _SORTS)) or (sort in _SORTS and colon and value)
            if not known:
                raise UsageError(
                    f"nothing in the understanding of a question is called {name!r}",
                    hint=f"ids are those a search shows, or {', '.join((ALL, *_WAYS, *(f'{one}s' for one in _SORTS)))}",
                )
        return cls(frozenset(names))

    @property
    def is_all(self) -> bool:
        """Say whether nothing is understood at all."""
        return ALL in self.ids

    def drops(self, name: str) -> bool:
        """Say whether an id is dropped, by itself, with its sort, or with everything."""
        sort, colon, _ = name.partition(":")
        return bool(self.ids) and (name in self.ids or self.is_all or (bool(colon) and f"{sort}s" in self.ids))


def without(question: Question, ignored: Ignored) -> Question:
    """Return the question without what is dropped of it."""
    if not ignored.ids:
        return question
    return replace(
        question,
        want="one" if ignored.drops(question.want) else question.want,
        forms=tuple(form for form in question.forms if not ignored.drops(f"form:{form}")),
        labels=tuple(label for label in question.labels if not ignored.drops(f"period:{label}")),
        dates=tuple(date for date in question.dates if not ignored.drops(f"date:{date}")),
        is_latest=question.is_latest and not ignored.drops("latest"),
    )


def route_without(route: Route, ignored: Ignored) -> Route:
    """Return the route without the documents that are dropped."""
    if not ignored.ids:
        return route
    kept = tuple(entry for entry in route.documents if not ignored.drops(f"document:{entry[0].version.document_id}"))
    return replace(route, documents=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What planning made of a question besides names; `filters` are ids of what became a filter."""

    topics: Sequence[str] = ()
    demands: Sequence[Demand] = ()
    synonyms: Sequence[Synonym] = ()
    phrases: Sequence[str] = ()
    filters: frozenset[str] = frozenset()


def synonym_id(synonym: Synonym) -> str:
    """Return the id that drops a synonym."""
    return "synonym:" + "_".join(synonym.means.casefold().split())


def phrase_id(phrase: str) -> str:
    """Return the id that drops a phrase."""
    return "phrase:" + "_".join(phrase.casefold().split())[:_MAX_ID_CHARS]


def list_understood(question: Question, route: Route, *, found: Found) -> tuple[Understood, ...]:
    """List what was read out of a question, filters first."""
    return tuple(_list(question, route, found))


def _list(question: Question, route: Route, found: Found) -> Iterator[Understood]:
    for candidate, _ in route.documents:
        version = candidate.version
        yield Understood(id=f"document:{version.document_id}", kind="filter", says=version.title)
    # Forms, periods and dates help to decide which documents are meant; where none is named, the first two limit.
    for sort, names in (("form", question.forms), ("period", question.labels)):
        for name in names:
            is_filter = f"{sort}:{name}" in found.filters
            yield Understood(id=f"{sort}:{name}", kind="filter" if is_filter else "boost", says=name)
    yield from (Understood(id=f"date:{date}", kind="boost", says=date) for date in question.dates)
    yield from (Understood(id=f"topic:{name}", kind="boost", says=name.replace("_", " ")) for name in found.topics)
    for one in found.synonyms:
        yield Understood(id=synonym_id(one), kind="boost", says=f"{one.said} is called {one.means} there")
    for phrase in found.phrases:
        yield Understood(id=phrase_id(phrase), kind="boost", says=f"word for word: {phrase}")
    for number, demand in enumerate(found.demands, start=1):
        if demand.is_checkable:
            yield Understood(id=f"demand:{number}", kind="boost", says=_demanded(demand))
    if question.is_latest:
        yield Understood(id="latest", kind="filter", says="the latest of several documents that fit")
    yield from _ways(question, route, found)


def _ways(question: Question, route: Route, found: Found) -> Iterator[Understood]:
    """List how the search is done where that is not the ordinary way."""
    if found.demands:
        yield Understood(id=question.want, kind="way", says="every document in scope is searched by itself")
        if len(found.demands) > 1:
            yield Understood(id="parts", kind="way", says=f"{len(found.demands)} parts, each to be met")
    elif question.want == "compare" and route.documents:
        yield Understood(id="compare", kind="way", says="each document named is searched by itself")


def _demanded(demand: Demand) -> str:
    parts = [f"clause: {' or '.join(topic.name for topic in demand.topics)}"] if demand.topics else []
    parts += [f"says: {', '.join('/'.join(sorted(variants)) for variants in demand.names)}"] if demand.names else []
    parts += [f"word for word: {', '.join(demand.phrases)}"] if demand.phrases else []
    parts += [f"term ends in {demand.ends_in}"] if demand.ends_in is not None else []
    return "; ".join(parts)
