"""Citations and operands are cut from the canonical text by the program."""

from decimal import Decimal
from typing import Any

from averment.pipelines.reasoning.entries import index
from averment.pipelines.reasoning.evidence import Source, operand, shared_unit


def source(desk: Any, name: str) -> Source:
    document = desk.corpus.documents[name]
    return Source(document, text=desk.corpus.text(document.text_hash), layout=desk.corpus.layout(document.text_hash))


def test_a_citation_is_the_text_at_its_place(desk: Any) -> None:
    lease = source(desk, "lease")
    cited = lease.cite(0, 22)
    assert cited.quote == lease.text[0:22] == "MASTER LEASE AGREEMENT"
    assert (cited.document_id, cited.text_hash, cited.page) == ("lease", lease.text_hash, None)


def test_what_is_hidden_is_covered_and_offsets_stay(desk: Any) -> None:
    lease = source(desk, "lease")
    (hidden,) = [element for element in lease.layout.elements() if element.is_hidden]
    assert lease.text[hidden.start : hidden.end].strip()
    assert not lease.shown[hidden.start : hidden.end].strip()
    assert lease.shown[: hidden.start] == lease.text[: hidden.start]
    assert lease.shown[hidden.end :] == lease.text[hidden.end :]


def test_an_operand_cites_its_cell(reports: Any) -> None:
    harbor = source(reports, "harbor")
    entry = index(harbor.layout.cells())[0]
    made = operand("c1", entry, harbor, unit="USD")
    assert made.citation.quote == "1,200"
    assert (made.value, made.scale, made.unit, made.period) == (Decimal(1200), 1_000_000, "USD", "2019")
    assert made.label == "Net sales · 2019"
    assert shared_unit([entry]) == "USD"
    assert shared_unit([]) is None
