"""Facts by which people name a document."""

import time

import pytest

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.facts import describe


def parsed(text: str) -> ParsedDocument:
    return ParsedDocument(text=text, elements=(), media_type="text/plain", parser="test")


AGREEMENT = """EXHIBIT 10.3

SUPPLY
AGREEMENT

This Supply Agreement (this "Agreement") is made as of March 3, 2021 by and between Nordwind Energie GmbH, a German
company with offices at 12 Long Street, Suite 4, Hamburg 20095 ("Nordwind"), and Blue Harbor Logistics, Inc., a Delaware
corporation ("Supplier").

WHEREAS, the parties agree as follows: this Agreement has a governing law.
"""


def test_a_contract_has_title_parties_and_date() -> None:
    facts = describe(parsed(AGREEMENT), name="scan-0007.pdf")
    assert facts.kind == "contract"
    assert facts.title.casefold() == "supply agreement"
    assert facts.parties == ("Nordwind Energie GmbH", "Blue Harbor Logistics, Inc.")
    assert facts.aliases == ("Nordwind",)
    assert facts.document_date == "2021-03-03"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Contract No.: DX 2018\nCollaboration Agreement\n", "Collaboration Agreement"),
        ("HALDEN FRANCHISE SYSTEMS, INC.\n\nFRANCHISE AGREEMENT\n", "FRANCHISE AGREEMENT"),
        ("(TRANSLATION)\nOUTSOURCING AGREEMENT\n", "OUTSOURCING AGREEMENT"),
    ],
)
def test_numbers_firms_and_remarks_are_no_title(head: str, title: str) -> None:
    text = f"{head}\nThis Agreement is made between Halden AG and Opal GmbH. The governing law is that of Ohio.\n"
    assert describe(parsed(text), name="x.pdf").title == title


def test_a_german_contract() -> None:
    text = (
        "DIENSTLEISTUNGSVERTRAG\n\ngeschlossen am 3. März 2021 zwischen der Alpha Technik GmbH\n"
        "(nachfolgend „Anbieter“) und der Beta Handel AG. Dieser Vertrag regelt die Leistungen.\n"
        "Dieser Vertrag gilt ab sofort.\n"
    )
    facts = describe(parsed(text), name="v.pdf")
    assert (facts.kind, facts.title, facts.document_date) == ("contract", "DIENSTLEISTUNGSVERTRAG", "2021-03-03")
    assert "Alpha Technik GmbH" in facts.parties


def test_a_filing_has_issuer_form_and_period() -> None:
    text = (
        "FORM 10-Q\nQUARTERLY REPORT PURSUANT TO SECTION 13\nFor the quarterly period ended June 30, 2025\n"
        "Halden Instruments, Inc.\n(Exact name of registrant as specified in its charter)\n"
        "In the second quarter of 2025 revenue rose compared to the second quarter of 2024.\n"
    )
    facts = describe(parsed(text), name="q.pdf")
    assert (facts.kind, facts.issuer, facts.form_type) == ("filing", "Halden Instruments, Inc.", "10-Q")
    assert (facts.period, facts.document_date) == ("2025-Q2", "2025-06-30")
    assert "Halden" in facts.title


def test_what_no_rule_finds_is_absent() -> None:
    facts = describe(parsed("Minutes of a meeting about nothing in particular."), name="folder/some_notes-1.txt")
    assert (facts.kind, facts.parties, facts.issuer, facts.document_date) == ("other", (), None, None)
    assert facts.title == "some notes-1"


def test_hostile_text_costs_little() -> None:
    begin = time.perf_counter()
    for unit in ("A ", "Aa, ", '("', "between Aa of the ", "A and ", "Q1 ", "1." * 40 + "\n", "(" * 50):
        describe(parsed(unit * (200_000 // len(unit))), name="x")
    assert time.perf_counter() - begin < 20
