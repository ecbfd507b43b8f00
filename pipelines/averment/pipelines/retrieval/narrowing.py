"""Forms and fiscal periods that a question names become filters on the catalog's metadata.

They do where no document is named: a question that names one is limited to that already. A filter is set only where
documents that the caller may read pass it, beside those the caller set and never instead of one; a period only for a
question that does not speak of contracts, which say the same words of something else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from averment.core.access import Filters, Principal
from averment.pipelines.retrieval.question import Question

_CONTRACTS: Final = re.compile(r"\b(?:contract|agreement|lease|licen[cs]e)s?\b|\bvertr[aä]g|vereinbarung", re.I)


class Visibility(Protocol):
    """Knows what a principal may read; the catalog does."""

    def any_visible(self, principal: Principal, filters: Filters) -> bool:
        """Tell whether the principal may read a ready document that passes the filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Filters with what the question adds, and the ids of what was added (`form:10-Q`, `period:2024-Q1`)."""

    filters: Filters
    ids: frozenset[str] = frozenset()


def narrow(question: Question, filters: Filters, *, principal: Principal, catalog: Visibility) -> Narrowed:
    """Limit filters to the forms and periods that a question names, where documents have them."""
    for found in _choices(question, filters):
        if catalog.any_visible(principal, found.filters):
            return found
    return Narrowed(filters=filters)


def _choices(question: Question, filters: Filters) -> Iterator[Narrowed]:
    """Yield what could be added, the narrowest first."""
    forms = () if filters.form_type else question.forms
    is_reported = bool(question.forms) or _CONTRACTS.search(question.text) is None
    periods = question.labels if is_reported and not filters.period else ()
    form_ids = frozenset(f"form:{form}" for form in forms)
    period_ids = frozenset(f"period:{label}" for label in periods)
    if forms and periods:
        both = replace(filters, form_type=forms, period=periods)
        yield Narrowed(filters=both, ids=form_ids | period_ids)
    if periods:
        yield Narrowed(filters=replace(filters, period=periods), ids=period_ids)
    if forms:
        yield Narrowed(filters=replace(filters, form_type=forms), ids=form_ids)
