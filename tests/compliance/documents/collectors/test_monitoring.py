from averment.compliance.documents.filled import Status
from averment.core.audit import EventType
from tests.compliance.documents.builders import Place, peoples_yaml

OPENED = (EventType.METRIC_WINDOW, EventType.THRESHOLD_BREACHED, EventType.RISK_REGISTERED)


def test_use_outcomes_and_failures_are_counted(place: Place) -> None:
    place.append(EventType.ANALYSIS_FAILED, EventType.ANALYSIS_FAILED)
    fields = place.make("monitoring-report").fields
    assert ("answered", "1") in fields["72.r1"].blocks[1].rows
    assert ("analysis.failed", "2") in fields["72.r2"].blocks[0].rows


def test_the_slot_of_the_template_waits_with_its_date_and_its_version_is_followed(place: Place) -> None:
    plan = place.make("monitoring-plan")
    assert "2 September 2027" in plan.fields["72.6"].reason
    assert plan.fingerprints["template/monitoring-plan"] == "not published"


def test_the_plan_says_which_metrics_are_measured_and_which_people_watch(place: Place) -> None:
    rows = "[{metric: abstained, threshold: at most 0.2, set_on: 2026-10-01}, {metric: complaints, threshold: two}]"
    given = f"{{status: provided, rows: {rows}, owner: Anna, date: 2026-10-01}}"
    place.people("monitoring-plan.yaml", peoples_yaml("monitoring-plan", {"72.3": given}))
    fields = place.make("monitoring-plan").fields
    said = [block.text for block in fields["72.3"].blocks]
    assert said[0].endswith("(averment monitor check): abstained.")
    assert said[1].endswith("not measured here: complaints.")
    assert ("abstained", "answers that abstain") in fields["72.2"].blocks[1].rows


def test_the_report_shows_breaches_and_what_was_done(place: Place) -> None:
    fields = place.make("monitoring-report").fields
    assert (fields["72.r3"].status, fields["72.r4"].status) == (Status.MISSING, Status.PROVIDED)
    assert "No window was measured yet" in fields["72.r3"].reason
    place.append(*OPENED)
    fields = place.make("monitoring-report").fields
    said, table = fields["72.r3"].blocks
    assert "breaches found: 1" in said.text
    assert table.rows[0][2:] == ("abstained", "rise:0.05", "40 / 90")
    assert "No action is recorded on open items (averment monitor act): abstained." in fields["72.r4"].reason
    place.append(EventType.RISK_TREATED)
    treated = place.make("monitoring-report").fields["72.r4"]
    assert treated.status is Status.PROVIDED
    assert tuple(treated.blocks[0].rows[0][i] for i in (1, 2, 4)) == ("abstained", "model-rolled-back", "open")
    place.append(EventType.RISK_CLOSED)
    document = place.make("risk-register")
    (item,) = document.fields["9.2.c"].blocks[0].rows
    assert item[-1].startswith("mended, ")
    indexes = {getattr(document.evidence[name], "type", None) for name in document.fields["9.2.c"].blocks[0].evidence}
    assert indexes == {"risk.registered", "risk.treated"}
