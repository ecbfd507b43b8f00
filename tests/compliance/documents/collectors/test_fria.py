import pytest

from averment.compliance.documents.collectors.fria import is_owed
from averment.compliance.documents.filled import Status
from tests.compliance.documents.builders import PROVIDED, Place, peoples_yaml


@pytest.mark.parametrize(
    ("point", "deployer", "owed"),
    [
        ("5(b)", "private", True),
        ("5(c)", "private", True),
        ("4(a)", "private", False),
        ("4(a)", "public-body", True),
        ("5(a)", "public-service", True),
        ("none", "private", False),
        ("none", "public-body", False),
    ],
)
def test_who_owes_the_assessment_for_what(point: str, deployer: str, owed: bool) -> None:
    assert is_owed(point=point, deployer=deployer)[0] is owed


def test_each_purpose_is_told_whether_it_is_owed_and_why(place: Place) -> None:
    row = "{purpose: supplier contracts, annex_iii_point: none, deployer: private}"
    field = f"{{status: provided, rows: [{row}], owner: A, date: 2026-10-01}}"
    place.people("fria.yaml", peoples_yaml("fria", {"27.owed": field, "27.1.b": PROVIDED}))
    fields = place.make("fria").fields
    assert fields["27.owed"].status is Status.PROVIDED
    ((purpose, owed, why),) = fields["27.owed"].blocks[0].rows
    assert (purpose, owed) == ("supplier contracts", "no")
    assert "no point of Annex III" in why
    assert "asked 1 questions" in fields["27.1.b"].blocks[0].text


def test_without_a_point_or_a_deployer_nothing_is_said(place: Place) -> None:
    row = "{purpose: supplier contracts, deployer: private}"
    field = f"{{status: provided, rows: [{row}], owner: A, date: 2026-10-01}}"
    place.people("fria.yaml", peoples_yaml("fria", {"27.owed": field}))
    found = place.make("fria").fields["27.owed"]
    assert found.status is Status.MISSING
    assert "annex_iii_point" in found.reason


def test_an_element_that_is_out_of_date_needs_an_update(place: Place) -> None:
    old = PROVIDED.replace("2026-10-01", "2025-10-01")
    place.people("fria.yaml", peoples_yaml("fria", {"27.1.a": old}))
    assert place.make("fria").fields["27.1.a"].status is Status.STALE
