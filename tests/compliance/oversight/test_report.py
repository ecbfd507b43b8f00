"""The oversight report measured on a queue in which everything happens once."""

import pytest

from averment.compliance.oversight.report import REPORT_TYPES, OversightReport, oversight_report
from averment.compliance.oversight.safe_state import SafeState
from averment.compliance.oversight.stopping import StopDesk
from averment.core.oversight import Decision, Judgement, ReviewReason
from tests.compliance.oversight.office import Office, reviewer

BERT, CARL = reviewer("bert"), reviewer("carl")


def decide(office: Office, number: int, decision: Decision, **settings: object) -> None:
    """Have an answer reviewed by bert, and by carl where two must."""
    desk = office.desk(**settings)
    office.ask(desk, f"a-{number}")
    correction = "Other." if decision in {Decision.EDIT, Decision.OVERRIDE} else None
    for who in (BERT, CARL) if settings.get("four_eyes") else (BERT,):
        review = desk.list(who)[0]
        desk.show(review.id, who)
        office.clock.advance(5 + number)
        chosen = Decision.ACCEPT if who is CARL else decision
        text = None if who is CARL else correction
        desk.decide(review.id, who, judgement=Judgement(decision=chosen, reason=ReviewReason.OTHER, correction=text))


def report(office: Office, *, since: str = "", until: str = "") -> OversightReport:
    return oversight_report(office.record.leaves(REPORT_TYPES, until=until), since=since, until=until)


@pytest.mark.slow
def test_every_measure_of_the_report(office: Office) -> None:
    decide(office, 0, Decision.ACCEPT, review_share=1.0)
    decide(office, 1, Decision.EDIT, review_share=1.0)
    decide(office, 2, Decision.OVERRIDE, review_share=1.0)
    decide(office, 3, Decision.REJECT, review_share=1.0, four_eyes=True)
    decide(office, 4, Decision.ACCEPT, planted_share=1.0)
    decide(office, 5, Decision.REJECT, planted_share=1.0)
    office.ask(office.desk(review_share=1.0), "a-9")
    made = report(office)
    assert (made.n_opened, made.n_open) == (7, 1)
    assert made.decisions == {"accept": 2, "edit": 1, "override": 1, "reject": 1}
    assert (made.overridden.k, made.overridden.n) == (1, 4)
    assert (made.planted_accepted.k, made.planted_accepted.n, made.planted_accepted.share) == (1, 2, 0.5)
    assert made.planted_accepted.lower == pytest.approx(0.0126, abs=1e-4)
    assert made.planted_accepted.upper == pytest.approx(0.9874, abs=1e-4)
    assert sum(share.n for share in made.planted_by_kind.values()) == 2
    assert (made.four_eyes.n, made.four_eyes.n_disagreements) == (1, 1)
    assert made.flags == {"below-minimum-view": 3, "disagreement": 1}
    rows = {row.reviewer: row for row in made.reviewers}
    bert = rows[office.record.pseudonym("bert")]
    assert (bert.shortest_s, bert.median_s, bert.longest_s) == (5, 7.5, 10)
    assert (bert.planted_accepted.k, bert.planted_accepted.n) == (1, 2)
    assert rows[office.record.pseudonym("carl")].planted_accepted.share is None


def test_a_period_holds_what_was_closed_in_it(office: Office) -> None:
    decide(office, 0, Decision.ACCEPT, review_share=1.0)
    office.clock.advance(24 * 3600)
    decide(office, 1, Decision.REJECT, review_share=1.0)
    assert report(office, since="2026-01-03T00:00:00.000Z").decisions["accept"] == 0
    assert report(office, since="2026-01-03T00:00:00.000Z").decisions["reject"] == 1
    assert report(office, until="2026-01-03T00:00:00.000Z").decisions == {
        "accept": 1, "edit": 0, "override": 0, "reject": 0,
    }  # fmt: skip


def test_stops_and_resumptions_are_counted_and_limits_are_named(office: Office, state: SafeState) -> None:
    desk = StopDesk(office.record, state=state, clock=office.clock)
    desk.stop("x", purpose=None, subject="anna")
    desk.resume(BERT, reason="y", purpose=None)
    made = report(office)
    assert made.events == {"oversight.resumed": 1, "oversight.stop": 1}
    assert any("upper limit" in line for line in made.not_established)
    assert (made.overridden.share, made.overridden.lower, made.overridden.upper) == (None, 0.0, 1.0)
