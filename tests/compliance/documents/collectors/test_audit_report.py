import pytest

from averment.compliance.documents.collectors.audit_report import letters_of
from averment.compliance.documents.filled import Status
from averment.core.audit import EventType
from tests.compliance.documents.builders import EVENTS, Place


def test_kinds_that_were_never_recorded_are_named(place: Place) -> None:
    never = place.make("audit").fields["never"].blocks[0].text
    assert all(kind not in never for kind in EVENTS)
    assert EventType.ERROR in never


@pytest.mark.parametrize("kind", EventType)
def test_every_kind_serves_a_letter(kind: EventType) -> None:
    assert set(letters_of(kind)) <= set("abc")
    assert letters_of(kind)


def test_the_report_counts_events_and_says_that_nobody_looked(place: Place) -> None:
    fields = place.make("audit", language="de").fields
    rows = [row for block in fields["12.2.a"].blocks for row in block.rows]
    assert ("model.loaded", "1") in [row[:2] for row in rows]
    assert "niemand" in fields["access"].blocks[0].text
    assert fields["integrity"].status is Status.PROVIDED


def test_a_broken_log_is_not_said_to_verify(place: Place) -> None:
    entries = next((place.installation.evidence_dir / "log" / "tile" / "0").rglob("*.p/*"))
    content = bytearray(entries.read_bytes())
    content[0] ^= 1
    entries.write_bytes(bytes(content))
    integrity = place.make("audit").fields["integrity"]
    assert integrity.status is Status.MISSING
    assert "does not verify" in integrity.reason
