"""What the command line says of how documents are built."""

import pytest

from averment.cli.structure import print_facts
from averment.core.structure import Amendment, AmendmentLink, DocumentStructure, FactField, PlacedFact, TagConflict
from tests.e2e.installation import Installation

STRUCTURE = DocumentStructure(
    facts=(
        PlacedFact(field=FactField.PARTY, value="Halden AG", start=3, end=12, page=1, note="Halden"),
        PlacedFact(field=FactField.TITLE, value="scan 7", basis="name"),
    ),
    conflicts=(TagConflict(name="us-gaap:Revenues", start=5, end=9, reason="scale", printed="12000", tagged="12"),),
)
LINK = AmendmentLink(amendment=Amendment(kind="amends", title="Lease", start=1, end=6), direction="changes")


def test_metadata_amendments_and_conflicts_are_shown_with_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts(STRUCTURE, [LINK])
    shown = capsys.readouterr().out
    assert 'party\tHalden AG ("Halden")\tstated\t3-12, page 1' in shown
    assert "title\tscan 7\tname\tnot in the text" in shown
    assert "changes\tamends\tLease (not in the catalog)" in shown
    assert "us-gaap:Revenues\tscale\t12000\t12\t5-9" in shown


def test_nothing_is_said_where_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts(DocumentStructure(), [])
    assert capsys.readouterr().out == ""


def test_an_unknown_document_is_an_error(empty_installation: Installation) -> None:
    missing = empty_installation.run("documents", "structure", "x", "--json")
    assert (missing.code, missing.json()["code"]) == (1, "DOC007")
