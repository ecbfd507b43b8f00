"""Everything a document says of how it is built."""

from averment.core.documents import ParsedDocument
from averment.core.structure import FactField, PlacedFact
from averment.pipelines.anatomy.document import read_structure

TEXT = (
    "AMENDMENT NO. 1 TO THE SUPPLY AGREEMENT\n"
    "This Amendment to the Supply Agreement dated March 3, 2021 (the “Change”).\n"
    "1. Price. See Section 2.\n2. Law. None.\n"
)
PARSED = ParsedDocument(text=TEXT, elements=(), media_type="text/plain", parser="test")
FACT = PlacedFact(field=FactField.EFFECTIVE_DATE, value="2022-06-01")


def test_a_contract_has_terms_references_and_amendments() -> None:
    read = read_structure(PARSED, (), facts=[FACT], is_contract=True, title="AMENDMENT NO. 1 TO THE SUPPLY AGREEMENT")
    assert [term.term for term in read.terms] == ["Change"]
    assert [reference.is_unresolved for reference in read.references] == [False]
    assert {amendment.effective_date for amendment in read.amendments} == {"2022-06-01"}


def test_only_contracts_amend() -> None:
    read = read_structure(PARSED, (), facts=(), is_contract=False, title="AMENDMENT NO. 1 TO THE SUPPLY AGREEMENT")
    assert read.amendments == ()
