"""What was read out of a question is listed, and dropped by its id."""

import pytest

from averment.core.access import Principal
from averment.core.errors import UsageError
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.understanding import Ignored, without

from .conftest import Library
from .sample_contracts import contract, report

WHO = Principal(subject="p", groups=("everyone",))
QUESTION = "In the Lease Agreement between Tamarind Foods Ltd. and Opal AG, which law governs the contract?"


@pytest.fixture(scope="module")
def lease(library: Library) -> str:
    """Return a lease among other documents."""
    for number in range(4):
        library.put(f"o{number}.txt", contract("SUPPLY AGREEMENT", f"Buyer{number} Ltd.", f"Seller{number} AG"))
    library.put("q.txt", report("Halden Instruments, Inc.", "March 31, 2024", "first quarter of 2024"))
    return library.put("lease.txt", contract("LEASE AGREEMENT", "Tamarind Foods Ltd.", "Opal AG", law="Utah"))


def test_every_filter_and_boost_is_listed(library: Library, lease: str) -> None:
    found = library.retriever().retrieve(QUESTION, principal=WHO).interpretation
    assert [(item.id, item.kind) for item in found.understood] == [
        (f"document:{lease}", "filter"),
        ("topic:governing_law", "boost"),
    ]
    assert found.understood[0].says == "LEASE AGREEMENT"


@pytest.mark.parametrize("sort", ["documents", "all", "one"])
def test_a_dropped_document_no_longer_limits(library: Library, lease: str, sort: str) -> None:
    ignore = (f"document:{lease}",) if sort == "one" else (sort,)
    found = library.retriever().retrieve(QUESTION, principal=WHO, top_k=50, ignore=ignore)
    assert found.interpretation.documents == ()
    assert found.interpretation.ignored == ignore
    assert not any(item.id.startswith("document:") for item in found.interpretation.understood)


def test_a_dropped_topic_adds_no_words(library: Library, lease: str) -> None:
    found = library.retriever().retrieve(QUESTION, principal=WHO, ignore=("topic:governing_law",))
    assert found.interpretation.topics == ()
    assert [named.document_id for named in found.interpretation.documents] == [lease]


def test_forms_periods_and_wants_are_dropped_one_by_one() -> None:
    read = read_question("Compare revenue in the latest 10-Q for Q1 2024 with that of March 31, 2024")
    assert read.forms == ("10-Q",)
    assert without(read, Ignored.of(["form:10-Q"])).forms == ()
    assert without(read, Ignored.of(["form:10-K"])).forms == ("10-Q",)
    assert without(read, Ignored.of(["periods"])).labels == ()
    assert without(read, Ignored.of(["dates"])).dates == ()
    assert without(read, Ignored.of(["compare"])).want == "one"
    assert not without(read, Ignored.of(["latest"])).is_latest
    assert without(read, Ignored()) is read


@pytest.mark.parametrize("name", ["", "document:", "documentx", "topics:governing_law", "everything", "all "])
def test_an_unknown_id_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="nothing in the understanding"):
        Ignored.of([name])


def test_the_number_of_ids_is_bounded() -> None:
    with pytest.raises(UsageError, match="at most 64"):
        Ignored.of(["all"] * 65)
