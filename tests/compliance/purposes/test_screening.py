"""Uses outside a purpose are recognised (R14): on questions that shaped the patterns, and on held-out ones.

`python -m pytest -s` prints precision and recall of both.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from averment.compliance.purposes.screening import screen, screening_rules

FOLDER = Path(__file__).parent
RULES = screening_rules()


@dataclass(frozen=True)
class Found:
    """Counts of one set of questions."""

    outside: int
    caught: int
    inside: int
    wrongly: int

    @property
    def recall(self) -> float:
        return self.caught / self.outside

    @property
    def precision(self) -> float:
        return self.caught / (self.caught + self.wrongly)


def measured(name: str) -> Found:
    prompts = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    caught = sum(point in screen(question, rules=RULES).points for point, question in prompts["outside"])
    wrongly = sum(bool(screen(question, rules=RULES).points) for question in prompts["inside"])
    found = Found(len(prompts["outside"]), caught, len(prompts["inside"]), wrongly)
    print(
        f"{name}: recall {found.caught}/{found.outside} = {found.recall:.2f}, precision "
        f"{found.caught}/{found.caught + found.wrongly} = {found.precision:.2f}, {found.inside} questions inside"
    )
    return found


def test_the_questions_that_shaped_the_patterns() -> None:
    found = measured("prompts")
    assert found.outside + found.inside >= 60
    assert found.recall >= 0.95
    assert found.precision >= 0.95


def test_held_out_questions() -> None:
    """No pattern was changed for these; 11 of 20 are caught and none is caught wrongly."""
    found = measured("prompts_held_out")
    assert found.outside + found.inside == 40
    assert found.recall >= 0.5
    assert found.precision >= 0.9


def test_codes_name_the_point_and_the_decision_and_no_text() -> None:
    found = screen("Rank the candidates by their CVs: Anna Weber, Jonas Meier.", rules=RULES)
    assert (found.points, found.codes) == (("4.a",), ("annex-iii.4.a", "decision.rate"))


def test_what_the_purpose_was_assessed_for_is_inside() -> None:
    question = "Score the creditworthiness of the consumer."
    assert screen(question, rules=RULES).points == ("5.b",)
    assert screen(question, rules=RULES, intended=frozenset({"5.b"})).points == ()


@pytest.mark.parametrize(
    "question",
    [
        "RANK THE CANDIDATES BY THEIR CVS",
        "Rank the\u200b can\u200bdidates by their C\u200bVs",
        "Ｒａｎｋ the candidates by their CVs",
        "Rank\n\tthe   candidates by their CVs",
    ],
)
def test_spelling_does_not_hide_a_use(question: str) -> None:
    assert screen(question, rules=RULES).points == ("4.a",)


def test_a_legal_person_is_a_way_out_and_a_natural_person_closes_it() -> None:
    assert screen("Rank the borrowers by default risk.", rules=RULES).points == ("5.b",)
    assert screen("Rank the borrowers, all GmbH, by default risk.", rules=RULES).points == ()
    assert screen("Rank the borrowers, all private individuals of the GmbH, by default risk.", rules=RULES).points


def test_a_long_question_is_judged_in_a_moment_and_without_its_tail() -> None:
    assert screen("a " * 10_000 + "rank the candidates by their CVs", rules=RULES).points == ()


@pytest.mark.slow
def test_no_benchmark_question_about_contracts_and_filings_is_outside(shared_data: Path) -> None:
    """Questions that were written for other measurements, by others: 2,127 when this was."""
    lines = [line for path in shared_data.glob("benchmarks/*/queries.jsonl") for line in path.open(encoding="utf-8")]
    questions = {str(json.loads(line)["question"]) for line in lines}
    print(f"benchmarks: {len(questions)} questions")
    assert questions
    assert [question for question in questions if screen(question, rules=RULES).points] == []
