"""The access filter never widens, whatever is asked."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from averment.core.access import Filters, Principal
from averment.core.errors import UsageError
from averment.pipelines.stores.access_filter import AnyOf, Between, compile_filter, matches, to_client, to_edge
from averment.pipelines.stores.filter_terms import TERM_FIELDS, date_number, normalise

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
some_texts = st.lists(texts, max_size=3).map(tuple)
dates = st.one_of(st.none(), st.dates().map(str))
principals = st.builds(Principal, subject=texts, groups=some_texts, tenant=texts, roles=some_texts)
filter_sets = st.builds(Filters, **dict.fromkeys(TERM_FIELDS, some_texts), date_from=dates)
payloads = st.fixed_dictionaries(
    {"tenant": texts, "readers": st.lists(texts, max_size=3)},
    optional={
        **dict.fromkeys(TERM_FIELDS, st.one_of(texts, st.lists(texts, max_size=3))),
        "document_date": st.dates().map(lambda day: date_number(str(day))),
    },
)


@settings(deadline=None)
@given(principal=principals, filters=filter_sets, payload=payloads)
def test_what_matches_may_be_read_and_passes_every_filter(
    principal: Principal, filters: Filters, payload: dict[str, Any]
) -> None:
    condition = compile_filter(principal, filters)
    if condition is None:
        assert not any(principal.groups) or not principal.tenant
        return
    if not matches(condition, payload):
        return
    assert payload["tenant"] == principal.tenant != ""
    assert set(payload["readers"]) & set(principal.groups) - {""}
    for field in TERM_FIELDS:
        wanted = getattr(filters, field)
        held = payload.get(field, ())
        held = {held} if isinstance(held, str) else set(held)
        assert not wanted or held & {normalise(field, value) for value in wanted}
    if filters.date_from is not None:
        assert payload["document_date"] >= date_number(filters.date_from)


@settings(deadline=None)
@given(principal=principals, filters=filter_sets)
def test_no_condition_is_ever_empty(principal: Principal, filters: Filters) -> None:
    condition = compile_filter(principal, filters)
    if condition is None:
        return
    asked = sum(bool(getattr(filters, field)) for field in TERM_FIELDS) + (filters.date_from is not None)
    assert len(condition.conditions) == 2 + asked
    assert condition.tenant.values == (principal.tenant,)
    assert condition.readers.values
    assert all(part.values for part in condition.conditions if isinstance(part, AnyOf))
    client = to_client(condition)
    assert isinstance(client.must, list)
    assert len(client.must) == 2 + asked
    assert (client.should, client.must_not, client.min_should) == (None, None, None)
    edge = to_edge(condition)
    assert len(edge.must or ()) == 2 + asked
    assert not edge.should
    assert not edge.must_not


@settings(deadline=None)
@given(principal=principals, filters=filter_sets, payload=payloads, field=st.sampled_from(TERM_FIELDS), value=texts)
def test_one_more_filter_never_finds_more(
    principal: Principal, filters: Filters, payload: dict[str, Any], field: str, value: str
) -> None:
    if getattr(filters, field):
        return
    narrower = Filters(**{**{name: getattr(filters, name) for name in TERM_FIELDS}, field: (value,)})
    wide, narrow = compile_filter(principal, filters), compile_filter(principal, narrower)
    if narrow is not None and filters.date_from is None and matches(narrow, payload):
        assert wide is not None
        assert matches(wide, payload)


def test_without_groups_or_tenant_there_is_nothing_to_search() -> None:
    for principal in (
        Principal(subject="s", groups=()),
        Principal(subject="s", groups=("", "")),
        Principal(subject="s", groups=("everyone",), tenant=""),
    ):
        assert compile_filter(principal, Filters()) is None


def test_an_empty_condition_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="without values"):
        AnyOf(field="tenant", values=())
    with pytest.raises(ValueError, match="needs a bound"):
        Between(field="document_date", low=None, high=None)


@pytest.mark.parametrize(
    "bad", ["2024-13-01", "2024-02-30", "24-01-01", "2024-1-1", "", "٢٠٢٤-01-01", "2024-01-01T00:00"]
)
def test_a_bound_must_be_a_date(bad: str) -> None:
    with pytest.raises(UsageError, match="expected a date as YYYY-MM-DD"):
        compile_filter(Principal(subject="s", groups=()), Filters(date_to=bad))
