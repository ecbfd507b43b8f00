import pytest

from averment.compliance.documents.filled import Status
from tests.compliance.documents.builders import Place, peoples_yaml


@pytest.mark.parametrize(
    ("name", "days", "report_by"),
    [
        ("serious", "15", "2026-11-16"),
        ("widespread", "2", "2026-11-03"),
        ("death", "10", "2026-11-11"),
        ("fundamental-rights", "15", "2026-11-16"),
    ],
)
def test_each_class_has_its_clock(place: Place, name: str, days: str, report_by: str) -> None:
    field = f"{{status: provided, rows: [{{class: {name}, aware_on: 2026-11-01}}], owner: A, date: 2026-11-01}}"
    place.people("incident-i1.yaml", peoples_yaml("incident", {"73.class": field}))
    clock = place.make("incident", subject="i1").fields["73.clock"]
    assert clock.blocks[0].rows == ((name, "2026-11-01", days, report_by),)


@pytest.mark.parametrize(
    "row", ["{class: other, aware_on: 2026-11-01}", "{class: death}", "{class: death, aware_on: x}"]
)
def test_without_class_or_day_there_is_no_clock(place: Place, row: str) -> None:
    field = f"{{status: provided, rows: [{row}], owner: A, date: 2026-11-01}}"
    place.people("incident-i1.yaml", peoples_yaml("incident", {"73.class": field}))
    document = place.make("incident", subject="i1")
    assert document.fields["73.clock"].status is Status.MISSING
    assert document.log.root in document.fields["73.frozen"].blocks[0].text
