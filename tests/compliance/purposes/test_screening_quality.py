from pathlib import Path

import pytest

from averment.compliance.purposes.gate import Judged
from averment.compliance.purposes.screening_quality import LabelledQuestions, measure_screening, read_questions
from averment.core.errors import UsageError

JUDGED = {
    "rank": Judged(outcome="blocked", codes=("annex-iii.4.a", "decision.rate")),
    "mood": Judged(outcome="flagged", codes=("article-5.f", "likeness"), score=400),
    "loan": Judged(outcome="flagged", codes=("annex-iii.4.a", "likeness"), score=300),
    "hidden": Judged(score=-100),
    "term": Judged(score=-900),
    "staff": Judged(outcome="flagged", codes=("annex-iii.4.b", "likeness"), score=250),
}


def test_what_was_recognised_stopped_flagged_and_missed_is_counted() -> None:
    questions = LabelledQuestions(
        outside=(("4.a", "rank"), ("article-5.f", "mood"), ("5.b", "loan"), ("5.b", "hidden")), inside=("term", "staff")
    )
    found = measure_screening(questions, JUDGED.__getitem__)
    assert (found.recognised.count, found.recognised.of) == (3, 4)
    assert (found.blocked.count, found.right_point.count, found.right_point.of) == (1, 2, 3)
    assert (found.stopped.count, found.flagged.count, found.flagged.of) == (0, 1, 2)
    assert found.missed == (4,)
    assert 0.19 < found.recognised.low < 0.2
    assert found.recognised.high > 0.99


def test_a_file_is_read_and_another_is_refused_with_what_to_write(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text('outside: [["4.a", "rank"]]\ninside: ["term"]\n')
    assert read_questions(path) == LabelledQuestions(outside=(("4.a", "rank"),), inside=("term",))
    path.write_text("outside: all\n")
    for wrong in (path, tmp_path / "absent.yaml"):
        with pytest.raises(UsageError, match="labelled questions") as refused:
            read_questions(wrong)
        assert "outside:" in str(refused.value.hint)
