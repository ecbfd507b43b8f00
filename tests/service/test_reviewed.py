from dataclasses import replace

import pytest

from averment.core.access import Principal
from averment.core.analysis import Turn
from averment.core.oversight import REVIEWER, Standing
from averment.core.record_settings import OversightSettings
from averment.service.reviewed import as_reviewed, standing_line, with_roles

TURN = Turn(question="What is the term?", answer="Three years.")
REJECTED = Standing(answer_id="a-1", state="reject", reason="figure", decided_at="t", correction=None, entry=4)


@pytest.mark.parametrize(
    ("standing", "answer"),
    [
        (None, "Three years."),
        (replace(REJECTED, state="open"), "Three years."),
        (replace(REJECTED, state="accept"), "Three years."),
        (REJECTED, ""),
        (replace(REJECTED, state="override"), ""),
        (replace(REJECTED, state="override", correction="Five years."), "Five years."),
        (replace(REJECTED, state="edit", correction="3 years."), "3 years."),
    ],
)
def test_a_question_leans_on_what_reviewers_let_stand(standing: Standing | None, answer: str) -> None:
    assert as_reviewed(TURN, standing) == replace(TURN, answer=answer)


def test_the_line_says_loudly_what_must_not_be_used() -> None:
    assert standing_line(REJECTED) == "answer a-1 was REJECTED by review: do not use it (figure, t)"
    open_one = replace(REJECTED, state="open", reason=None, decided_at=None)
    assert standing_line(open_one) == "answer a-1 is under review"


def test_the_role_is_given_by_name_alone() -> None:
    ada = Principal(subject="ada", groups=("everyone",))
    assert with_roles(ada, OversightSettings(reviewers=("ada",))).roles == (REVIEWER,)
    assert with_roles(ada, OversightSettings(reviewers=("bert", "everyone"))).roles == ()
