"""Which answers are reviewed: by rule, and by a draw that anybody repeats from the answer's id."""

from dataclasses import replace

from averment.compliance.oversight.policy import draw, is_planted_on, policy_for, reasons_to_review
from averment.core.answers import Confidence
from averment.core.record_settings import OversightSettings, PurposeOversightSettings
from averment.core.testing.backend import an_answer


def test_nothing_is_reviewed_unless_the_settings_ask_for_it() -> None:
    policy = policy_for(OversightSettings(), "trial")
    assert not any(reasons_to_review(an_answer(f"a-{number}"), policy) for number in range(200))
    assert not any(is_planted_on(f"a-{number}", policy) for number in range(200))


def test_every_rule_names_itself() -> None:
    settings = OversightSettings(
        review_statuses=("answered",), review_warnings=("scanned",), review_values=("number",), review_below=0.6
    )
    policy = policy_for(settings, "trial")
    answer = replace(an_answer(), warnings=("scanned", "scanned", "other"))
    assert reasons_to_review(answer, policy) == (
        "status:answered", "warning:scanned", "value:number", "low-confidence",
    )  # fmt: skip
    sure = replace(answer, warnings=(), value=None, status="abstained", confidence=Confidence(score=None, threshold=1))
    assert reasons_to_review(sure, policy) == ()


def test_a_draw_depends_on_seed_and_answer_alone_and_hits_its_share() -> None:
    assert draw(3, "a-1", use="review") == draw(3, "a-1", use="review")
    assert draw(3, "a-1", use="review") != draw(4, "a-1", use="review")
    assert draw(3, "a-1", use="review") != draw(3, "a-1", use="planted")
    policy = policy_for(OversightSettings(review_share=0.25, planted_share=0.1), "trial")
    drawn = [number for number in range(4_000) if reasons_to_review(an_answer(f"a-{number}"), policy)]
    assert 900 < len(drawn) < 1_100
    assert 320 < sum(is_planted_on(f"a-{number}", policy) for number in range(4_000)) < 480


def test_a_purpose_has_its_own_share_and_its_own_number_of_reviewers() -> None:
    own = PurposeOversightSettings(purpose="credit", review_share=1.0, four_eyes=True)
    half = PurposeOversightSettings(purpose="filing", four_eyes=True)
    settings = OversightSettings(review_share=0.5, purposes=(own, half))
    found = {name: policy_for(settings, name) for name in ("credit", "filing", "trial")}
    assert [(policy.share, policy.n_reviewers) for policy in found.values()] == [(1.0, 2), (0.5, 2), (0.5, 1)]
    assert len({policy.digest for policy in found.values()}) == 3
