from averment.core.audit import EventType
from tests.compliance.documents.builders import Place


def test_use_outcomes_and_failures_are_counted(place: Place) -> None:
    place.append(EventType.ANALYSIS_FAILED, EventType.ANALYSIS_FAILED)
    fields = place.make("monitoring-report").fields
    assert ("answered", "1") in fields["72.r1"].blocks[1].rows
    assert ("analysis.failed", "2") in fields["72.r2"].blocks[0].rows


def test_the_slot_of_the_template_waits_with_its_date(place: Place) -> None:
    assert "2 September 2027" in place.make("monitoring-plan").fields["72.6"].reason
