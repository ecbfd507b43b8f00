from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from averment.core.answers import TypedValue
from averment.evaluation.alignment import AlignedSpan
from averment.evaluation.answers.judging import Judged, judge, states
from averment.evaluation.answers.reply import Place, Reply
from averment.evaluation.metrics import GoldUnit
from averment.evaluation.pack import PackQuestion

from .said import question


def gold_of(asked: PackQuestion) -> list[GoldUnit]:
    """Return gold whose offsets in our text are those of the official one."""
    return [
        GoldUnit(
            alternatives=(
                (span.doc_id, AlignedSpan(n_letters=span.end - span.start, positions=np.arange(span.start, span.end))),
            )
        )
        for span in asked.gold
    ]


def judged(asked: PackQuestion, **reply: Any) -> Judged:
    return judge(asked, Reply(**{"is_answered": True, **reply}), gold=gold_of(asked))


MILLIONS = TypedValue(type="amount", value=Decimal(10_833), scale=10**6)
CLAUSE = "Supplier shall keep records for two years"


def place(start: int, end: int, doc_id: str = "d1") -> Place:
    return Place(doc_id=doc_id, start=start, end=end, text="")


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ({"text": CLAUSE}, True),
        ({"text": "Yes: records are kept for two years."}, True),
        ({"text": "Yes."}, False),
        ({"text": "Yes.", "places": (place(0, 30),)}, True),
        ({"text": "Yes.", "places": (place(0, 30, "d2"),)}, False),
        ({"text": "Yes.", "places": (*(place(900, 901),) * 3, place(0, 30))}, False),
        ({"text": CLAUSE, "is_answered": False}, False),
    ],
)
def test_a_clause_is_found_where_half_of_it_is_said_or_cited(reply: dict[str, Any], right: bool) -> None:
    assert judged(question("clause", gold=[CLAUSE]), **reply).is_right is right


def test_a_clause_of_two_parts_is_weighed_by_length() -> None:
    asked = question("clause", gold=["short one", "a second part that is much longer than the first of them"])
    assert not judged(asked, text="short one").is_right
    assert judged(asked, text="a second part that is much longer than the first of them").is_right


@pytest.mark.parametrize(
    ("answer", "text", "said"),
    [
        ("2007-04-06", "dated as of April 6, 2007", True),
        ("2007-04-06", "dated as of April 7, 2007", False),
        ("2007-04-06", "1 May 2001, 2 May 2001, 3 May 2001, 4 May 2001, April 6, 2007", False),
        ("3 months", "three (3) months", True),
        ("3 months", "ninety days", False),
        ("successive 1 year", "renews for successive periods of one year", True),
        ("Virginia", "the laws of the Commonwealth of Virginia", True),
        ("Virginia", "the laws of West-Virginias", False),
    ],
)
def test_values_are_stated_in_any_of_their_wordings(answer: str, text: str, said: bool) -> None:
    assert states(answer, text) is said


def test_a_name_has_to_be_said_itself() -> None:
    asked = question("value", "Ohio", gold=["governed by the law of Ohio"], category="Governing Law")
    assert judged(asked, text="the law of Ohio governs").is_right
    assert not judged(asked, text="governed by the law of Utah", places=(place(0, 20),)).is_right


@pytest.mark.parametrize(("is_answered", "right"), [(True, False), (False, True)])
def test_what_is_not_there_is_not_to_be_found(is_answered: bool, right: bool) -> None:
    found = judged(question("absent", "not found"), is_answered=is_answered, text="Yes")
    assert (found.is_right, found.is_answerable, found.is_answered) == (right, False, is_answered)


@pytest.mark.parametrize(("label", "right"), [("supported", True), ("contradicted", False), (None, False)])
def test_a_claim_is_right_by_its_label(label: str | None, right: bool) -> None:
    assert judged(question("claim", "supported"), label=label).is_right is right


@pytest.mark.parametrize(
    ("answer", "labels", "reply", "right"),
    [
        (17.7, {"scale": "percent"}, {"text": "17.70 %"}, True),
        (17.7, {"scale": "percent"}, {"text": "17.8 %"}, False),
        (0.9, {"scale": "million"}, {"text": "0.9 million"}, True),
        (0.9, {"scale": "million"}, {"text": "0.9"}, True),
        (-5.14, {}, {"text": "It fell.", "value": TypedValue(type="number", value=Decimal("-5.14"))}, True),
        (-5.14, {}, {"text": "5.14"}, False),
        (10_833_000_000, {"tolerance": 0}, {"value": MILLIONS}, True),
        (10_833_000_000, {"tolerance": 0}, {"text": "$10,834 million"}, False),
        (5, {}, {"text": "five or so"}, False),
    ],
)  # fmt: skip
def test_numbers_count_within_their_tolerance(
    answer: float, labels: dict[str, Any], reply: dict[str, Any], right: bool
) -> None:
    found = judged(question("arithmetic", answer, **labels), **reply)
    assert (found.is_right, found.is_wrong_number) == (right, not right)


def test_an_abstention_is_no_wrong_number() -> None:
    assert not judged(question("arithmetic", 5), is_answered=False).is_wrong_number


def test_every_span_has_to_be_said() -> None:
    asked = question("multi-span", ["1,568.6", "690.5"])
    assert judged(asked, text="$1,568.6 and $690.5 million").is_right
    assert not judged(asked, text="$1,568.6 million").is_right


def test_a_comparison_names_the_company_and_the_difference() -> None:
    asked = question("cross_document", {"company": "Apple Inc.", "difference": 113_503_000_000.0})
    assert judged(asked, text="Apple Inc. by $113,503 million").is_right
    assert not judged(asked, text="Union Pacific by $113,503 million").is_right
    assert not judged(asked, text="Apple Inc. by $113,504 million").is_right


def test_a_set_of_documents_is_measured_by_f1() -> None:
    asked = question("multi_doc_list")
    assert judged(asked, places=(place(0, 1),)).quality == 1.0
    assert judged(asked, places=(place(0, 1), place(0, 1, "d2"))).quality == pytest.approx(2 / 3)
    assert judged(asked, places=()).quality == 0.0
    wide = judged(asked, places=(place(0, 1), place(0, 1, "d2")))
    assert (wide.set_precision, wide.set_recall) == (0.5, 1.0)
    none = judged(asked, places=())
    assert (none.set_precision, none.set_recall) == (None, 0.0)
    assert judged(question("clause", gold=[CLAUSE]), places=(place(0, 5),)).set_recall is None


def test_a_comparison_of_contracts_counts_each_of_them() -> None:
    asked = question("multi_doc_compare", {"d1": "3 months", "d2": "not found"})
    assert judged(asked, text="three months", places=(place(0, 1),)).quality == 1.0
    assert judged(asked, text="three months", places=(place(0, 1), place(0, 1, "d2"))).quality == 0.5


def test_citations_count_where_there_is_gold() -> None:
    found = judged(question("clause", gold=[CLAUSE]), text="Yes.", places=(place(0, 5), place(500, 510)))
    assert (found.n_places, found.n_on_gold) == (2, 1)
    assert judged(question("absent", "not found"), places=(place(0, 5),)).n_places == 0


def test_words_count_where_they_are_the_result_not_where_they_are_its_operands() -> None:
    asked = question("span", ["2019"])
    shown = "2018: max(c1, c2) = 5, where c1 = Rent, 2018: 5; c2 = Rent, 2019: 4."
    assert not judged(asked, text=shown, value=TypedValue(type="text", value="2018")).is_right
    assert judged(asked, text=shown, value=TypedValue(type="text", value="FY2019")).is_right
    both = question("multi-span", ["5", "4"])
    assert judged(both, text="", value=TypedValue(type="list", value=("5 USD", "4 USD"))).is_right
    assert not judged(both, text="5 and 4", value=TypedValue(type="list", value=("5 USD",))).is_right


def cited(text: str, start: int, **said: Any) -> Place:
    return Place(doc_id="d1", start=start, end=start + len(text), text=text, **said)


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ("2018", (3, 1, 2)),  # the period alone: without the figures it could not be told
        ("2017", (3, 1, 0)),  # wrong: nothing explains what is off gold
    ],
)
def test_the_figures_compared_for_a_period_are_explained_in_a_right_answer(
    answer: str, counts: tuple[int, int, int]
) -> None:
    places = (cited("2018", 0), cited("26", 900, is_compared=True), cited("19", 950, is_compared=True))
    found = judged(question("span", ["2018"], gold=["2018"]), text=answer, places=places)
    assert (found.n_places, found.n_on_gold, found.n_explained) == counts


@pytest.mark.parametrize(
    ("text", "places", "counts"),
    [
        ("142.9", (cited("$142.9", 900),), (1, 0, 1)),  # printed in the table too, gold marks the sentence
        ("142.9", (cited("142.8", 900),), (1, 0, 0)),
        ("142.9", (cited("cash flow of $142.9 million", 900),), (1, 0, 0)),  # no lone number
        ("14", (cited("142.9", 900),), (1, 0, 0)),  # wrong
    ],
)
def test_a_right_answer_that_finds_golds_number_elsewhere_is_explained(
    text: str, places: tuple[Place, ...], counts: tuple[int, int, int]
) -> None:
    found = judged(question("span", ["142.9"], gold=["$142.9 million"]), text=text, places=places)
    assert (found.n_places, found.n_on_gold, found.n_explained) == counts
