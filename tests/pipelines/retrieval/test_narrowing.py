"""Forms and periods limit a search that names no document, never beyond what the caller set or may read."""

from dataclasses import dataclass, field

import pytest

from averment.core.access import AccessLabel, Filters, Principal
from averment.pipelines.retrieval.narrowing import narrow
from averment.pipelines.retrieval.question import read_question

from .conftest import Library
from .sample_contracts import contract, report

WHO = Principal(subject="p", groups=("everyone",))


@dataclass
class Visible:
    """A catalog with documents of one form and one period."""

    form: str
    period: str
    asked: list[Filters] = field(default_factory=list)

    def any_visible(self, principal: Principal, filters: Filters) -> bool:
        self.asked.append(filters)
        forms, periods = filters.form_type or (self.form,), filters.period or (self.period,)
        return self.form in forms and self.period in periods


def narrowed(text: str, filters: Filters | None = None, *, form: str = "10-Q", period: str = "2024-Q1") -> Filters:
    catalog = Visible(form, period)
    return narrow(read_question(text), filters or Filters(), principal=WHO, catalog=catalog).filters


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What rose in the first quarter of 2024?", Filters(period=("2024-Q1",))),
        ("What do 10-Q filings for Q1 2024 say?", Filters(form_type=("10-Q",), period=("2024-Q1",))),
        ("What do 10-Q filings for Q3 2021 say?", Filters(form_type=("10-Q",))),
        ("What do 10-K filings for Q1 2024 say?", Filters(period=("2024-Q1",))),
        ("What do 10-K filings say?", Filters()),
        ("Which contracts end in the first quarter of 2024?", Filters()),
        ("What rose?", Filters()),
    ],
)
def test_what_documents_have_limits(text: str, found: Filters) -> None:
    assert narrowed(text) == found


def test_what_the_caller_set_stays() -> None:
    own = Filters(period=("2023-Q4",), kind=("filing",))
    assert narrowed("What rose in the first quarter of 2024?", own) == own
    assert narrowed("What do 10-Q filings for Q1 2024 say?", own, period="2023-Q4") == Filters(
        period=("2023-Q4",), kind=("filing",), form_type=("10-Q",)
    )


def test_a_filter_that_was_understood_is_shown_and_can_be_dropped(library: Library) -> None:
    for quarter, end, label in (("first", "March 31, 2024", "q1"), ("second", "June 30, 2024", "q2")):
        library.put(f"{label}.txt", report("Quorvex Instruments, Inc.", end, f"{quarter} quarter of 2024"))
    library.put(
        "hidden.txt",
        report("Tannhavel, Inc.", "March 31, 2023", "first quarter of 2023"),
        access=AccessLabel(readers=("board",)),
    )
    library.put("contract.txt", contract("SUPPLY AGREEMENT", "Buyer Ltd.", "Seller AG"))
    retriever = library.retriever()
    question = "How did revenue develop in the first quarter of 2024?"
    found = retriever.retrieve(question, principal=WHO)
    assert {passage.title for passage in found.passages} and len({p.document_id for p in found.passages}) == 1
    kinds = {item.id: item.kind for item in found.interpretation.understood}
    assert kinds["period:2024-Q1"] == "filter"
    dropped = retriever.retrieve(question, principal=WHO, ignore=("period:2024-Q1",))
    assert len({passage.document_id for passage in dropped.passages}) > 1
    other = retriever.retrieve("How did revenue develop in the first quarter of 2023?", principal=WHO)
    assert {item.kind for item in other.interpretation.understood if item.id == "period:2023-Q1"} == {"boost"}
