"""Which clause is in force on a day: the last whole change by then, whatever order documents were read in."""

from datetime import date, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.changes import Change
from averment.pipelines.reasoning.operative import Amending, Clause, make_family

CLAUSE = Clause(document_id="base", labels=("section 4", "section 4.2"), text="Invoices are due in thirty days.")
START = date(2022, 1, 1)


def change(kind: str, label: str | None, **parts: object) -> Change:
    return Change(kind=kind, label=label, start=0, end=10, **parts)  # type: ignore[arg-type]  # kinds of a test


def amending(name: str, day: date | None, *changes: Change, kind: str = "amends") -> Amending:
    return Amending(document_id=name, kind=kind, effective=day, changes=changes)  # type: ignore[arg-type]  # as above


FIRST = amending("first", date(2023, 6, 1), change("replaces", "section 4.2"))
SECOND = amending("second", date(2025, 3, 1), change("deletes", "section 4"))
OTHER = amending("other", date(2022, 5, 1), change("replaces", "section 5"), change("adds", "section 4.3"))


def test_the_last_whole_change_by_the_day_decides_in_whatever_order_they_come() -> None:
    for members in permutations((FIRST, SECOND, OTHER)):
        family = make_family("base", members)
        early, middle, late = (family.standing(CLAUSE, day) for day in (START, date(2024, 1, 1), date(2025, 3, 1)))
        assert (early.state, early.operative, [step.document_id for step in early.later]) == (
            "stands",
            None,
            ["first", "second"],
        )
        assert middle.state == "replaced"
        assert middle.operative is not None
        assert middle.operative.document_id == "first"
        assert [step.document_id for step in late.steps] == ["first", "second"]
        assert late.state == "deleted"


def test_a_clause_of_an_amendment_is_in_force_from_its_day_until_a_later_change() -> None:
    family = make_family("base", (FIRST, SECOND))
    own = Clause(document_id="first", labels=("section 4.2",), text="", change=FIRST.changes[0])
    assert family.standing(own, date(2023, 5, 31)).state == "not_yet"
    assert family.standing(own, date(2023, 6, 1)).state == "stands"
    assert family.standing(own, date(2025, 3, 1)).state == "deleted"


def test_an_amendment_without_a_day_counts_as_in_force_and_comes_last() -> None:
    undated = amending("undated", None, change("replaces", "section 4.2"))
    standing = make_family("base", (undated, FIRST)).standing(CLAUSE, date(2024, 1, 1))
    assert standing.operative is not None
    assert standing.operative.document_id == "undated"


def test_a_change_with_a_day_of_its_own_waits_for_it() -> None:
    waiting = amending("first", date(2023, 6, 1), change("replaces", "section 4.2", effective_date="2024-01-01"))
    family = make_family("base", (waiting,))
    assert family.standing(CLAUSE, date(2023, 12, 31)).state == "stands"
    assert family.standing(CLAUSE, date(2024, 1, 1)).state == "replaced"


def test_words_replaced_stand_beside_the_clause_that_holds_them() -> None:
    touching = amending("first", START, change("amends", "section 4.2", old="thirty days"))
    elsewhere = amending("second", START, change("amends", "section 4.2", old="ninety days"))
    standing = make_family("base", (touching, elsewhere)).standing(CLAUSE, START)
    assert standing.state == "stands"
    assert [step.document_id for step in standing.partial] == ["first"]


def test_words_replaced_in_text_that_was_replaced_since_change_nothing() -> None:
    before = amending("early", START, change("amends", "section 4.2", old="thirty days"))
    standing = make_family("base", (before, FIRST)).standing(CLAUSE, date(2024, 1, 1))
    assert standing.state == "replaced"
    assert standing.partial == ()


def test_a_restatement_takes_the_place_of_the_whole_contract() -> None:
    restated = amending("restated", date(2024, 1, 1), kind="restates")
    standing = make_family("base", (FIRST, restated)).standing(CLAUSE, date(2024, 1, 1))
    assert standing.state == "replaced"
    assert standing.operative is not None
    assert standing.operative.change is None


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=6, unique=True), st.integers(-10, 2010))
def test_exactly_one_text_is_in_force_on_any_day(days: list[int], asked: int) -> None:
    members = [
        amending(f"m{number}", START + timedelta(days=day), change("replaces", "section 4.2"))
        for number, day in enumerate(days)
    ]
    family = make_family("base", members)
    on = START + timedelta(days=asked)
    clauses = [
        CLAUSE,
        *(Clause(document_id=m.document_id, labels=("section 4.2",), text="", change=m.changes[0]) for m in members),
    ]
    standing = [clause.document_id for clause in clauses if family.standing(clause, on).state == "stands"]
    begun = [member for member in members if member.effective is not None and member.effective <= on]
    latest = max(begun, key=lambda member: member.effective or START, default=None)
    assert standing == [latest.document_id if latest else "base"]
