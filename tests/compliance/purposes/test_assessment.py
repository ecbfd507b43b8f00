"""What follows from the answers of a record (R13)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.compliance.purposes.assessment import assess
from averment.compliance.purposes.record import annex_iii, new_record
from tests.compliance.purposes.records import answered, under

POINTS = [point.point for point in annex_iii().points]
EXIT = {"condition": "d", "grounds": "prepares the work of a person"}
PROHIBITED = {"is_prohibited": True, "reviewer": "Compliance"}


@pytest.mark.parametrize(
    ("points", "changes", "result", "because"),
    [
        ((), {}, "not-high-risk", ("no-point",)),
        (("4.a",), {}, "high-risk", ("annex-iii.4.a",)),
        (("4.a",), {"article_6_3": EXIT}, "exempt", ("annex-iii.4.a", "article-6-3.d")),
        (
            ("4.a",),
            {"article_6_3": EXIT, "profiles_natural_persons": True},
            "high-risk",
            ("annex-iii.4.a", "profiling"),
        ),
        ((), {"profiles_natural_persons": True}, "high-risk", ("profiling",)),
        ((), {"article_5": PROHIBITED}, "prohibited", ("article-5",)),
    ],
)
def test_the_classification(
    points: tuple[str, ...], changes: dict[str, Any], result: str, because: tuple[str, ...]
) -> None:
    assessment = assess(under(*points, **changes))
    assert (assessment.result, assessment.because) == (result, because)


@given(st.lists(st.sampled_from(POINTS), unique=True), st.sampled_from([None, "a", "b", "c", "d"]))
def test_what_profiles_natural_persons_is_never_not_high_risk(points: list[str], condition: str | None) -> None:
    record = under(*points, profiles_natural_persons=True, article_6_3={"condition": condition, "grounds": "g"})
    assert assess(record).result == "high-risk"


@pytest.mark.parametrize(
    ("points", "deployer", "owed", "because"),
    [
        (("5.b",), "private", True, "point-5b-5c"),
        (("5.c",), "private", True, "point-5b-5c"),
        (("4.b",), "private", False, "private-deployer"),
        (("4.b",), "public-body", True, "public-body"),
        (("5.a",), "private-public-service", True, "private-public-service"),
        ((), "public-body", False, "not-high-risk"),
    ],
)
def test_whether_an_impact_assessment_is_owed(points: tuple[str, ...], deployer: str, owed: bool, because: str) -> None:
    assessment = assess(under(*points, deployer=deployer))
    assert (assessment.is_fria_owed, assessment.fria_because) == (owed, because)


def test_nothing_follows_while_a_question_is_open() -> None:
    assessment = assess(new_record("review", description="d", owner="", intended_use="u"))
    assert assessment.result is None
    assert len(assessment.open) == len(POINTS) + 5
    assert assessment.open[0] == "owner"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"article_6_3": {"condition": "a"}}, "article_6_3.grounds"),
        ({"article_5": {"is_prohibited": False}}, "article_5.reviewer"),
        ({"deployer": None}, "deployer"),
        ({"annex_iii": {**answered().model_dump()["annex_iii"], "5.b": {"applies": True}}}, "annex_iii.5.b.decision"),
    ],
)
def test_an_answer_without_its_grounds_is_open(changes: dict[str, Any], missing: str) -> None:
    assert missing in assess(answered(**changes)).open
