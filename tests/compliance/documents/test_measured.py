from collections.abc import Mapping

import pytest

from averment.compliance.documents.log_view import LogView
from averment.compliance.documents.measured import Measured, Verdict, measured
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import rfc3339
from tests.compliance.documents.builders import DIGEST, Place
from tests.compliance.samples import DATA

OTHER = "sha256:" + "b" * 64


def log(place: Place, kind: EventType, **facts: object) -> int:
    """Log the sample of a type with some of its facts changed, a minute later; return its index."""
    place.clock.advance(60)
    data: Mapping[str, object] = {**DATA[kind], **facts}
    with place.recorder() as recorder:
        return recorder.append(AuditEvent(type=kind, subject="anna@example.com", data=data))  # type: ignore[arg-type]  # samples are plain JSON


def run(place: Place, **facts: object) -> int:
    """Log a run of a minute that begins a minute from now."""
    place.clock.advance(60)
    started = rfc3339(place.clock.now())
    return log(place, EventType.EVAL_RUN, **{"result": DIGEST, "started_at": started, **facts})


def found(place: Place) -> Measured:
    with LogView(place.installation.evidence_dir) as view:
        return measured(view, result=DIGEST)


def test_thresholds_that_were_declared_before_the_run_count(place: Place) -> None:
    log(place, EventType.EVAL_THRESHOLDS, content=OTHER)
    declared = log(place, EventType.EVAL_THRESHOLDS)
    log(place, EventType.EVAL_THRESHOLDS, evaluation="retrieval")
    ran = run(place)
    log(place, EventType.EVAL_THRESHOLDS, content=OTHER)
    seen = found(place)
    assert seen.run is not None
    assert seen.thresholds is not None
    assert (seen.run.evidence.index, seen.thresholds.evidence.index) == (ran, declared)
    assert seen.verdicts == (Verdict(figure="cuad.right", bound="at-least", value="0.7", measured="0.71"),)
    assert seen.verdicts[0].is_met


def test_thresholds_after_the_run_are_too_late(place: Place) -> None:
    run(place)
    late = log(place, EventType.EVAL_THRESHOLDS)
    after = found(place)
    assert (after.thresholds, after.verdicts) == (None, ())
    assert after.late is not None
    assert after.late.evidence.index == late


def test_thresholds_that_were_declared_while_the_run_ran_are_too_late(place: Place) -> None:
    started = rfc3339(place.clock.now())
    log(place, EventType.EVAL_THRESHOLDS)
    log(place, EventType.EVAL_RUN, result=DIGEST, started_at=started)
    assert found(place).thresholds is None


def test_the_order_of_entries_counts_whatever_a_run_says_of_its_time(place: Place) -> None:
    log(place, EventType.EVAL_RUN, result=DIGEST, started_at="2099-01-01T00:00:00.000Z")
    log(place, EventType.EVAL_THRESHOLDS)
    assert found(place).thresholds is None


def test_a_result_without_an_entry_has_none(place: Place) -> None:
    run_of_another = run(place, evaluation="retrieval")
    assert run_of_another > 0
    with LogView(place.installation.evidence_dir) as view:
        assert measured(view, result=OTHER) == Measured()
    assert found(place).late is None


@pytest.mark.parametrize(
    ("bound", "value", "measured_value", "is_met"),
    [
        ("at-least", "0.85", "0.84996", False),
        ("at-least", "0.85", "0.85", True),
        ("at-most", "0.05", "0.0501", False),
        ("at-most", "5", "0.1e1", True),
        ("at-most", "5", None, False),
    ],
)
def test_a_threshold_is_met_by_a_figure_that_was_measured(
    bound: str, value: str, measured_value: str | None, is_met: bool
) -> None:
    assert Verdict(figure="f", bound=bound, value=value, measured=measured_value).is_met is is_met
