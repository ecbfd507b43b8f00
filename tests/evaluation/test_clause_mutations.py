"""Mistakes in sentences of contracts, and what the guards make of them."""

from pathlib import Path

import pytest

from averment.evaluation.clause_mutations import mistakes, run_clause_mutations
from averment.evaluation.pack import Pack

from .small_pack import write_pack


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "The customer shall pay within thirty (30) days.",
            {
                "count": "The customer shall pay within 31 days.",
                "unit": "The customer shall pay within 30 months.",
                "denial": "The customer shall not pay within thirty (30) days.",
            },
        ),
        ("It may not be assigned.", {"denial": "It may be assigned."}),
        ("The rate is 4.5%.", {"percentage": "The rate is 4.6%."}),
        ("Rent: $1,209.", {"amount": "Rent: $1,200."}),
        ("Made on March 3, 2021.", {"date": "Made on April 3, 2021."}),
        ("Nothing to mistake.", {}),
    ],
)
def test_one_thing_is_changed(sentence: str, expected: dict[str, str]) -> None:
    assert dict(mistakes(sentence)) == expected


def test_mistakes_are_held_back_and_sentences_pass(tmp_path: Path) -> None:
    done: list[int] = []
    pack = Pack(write_pack(tmp_path))
    found = run_clause_mutations(
        pack, ["d1", "d2"], count=100, seed=1, on_progress=lambda number, _: done.append(number)
    )
    assert found["passed"]
    assert found["true"] == found["true_passed"] >= 6
    assert found["kinds"]["date"] == {"made": 2, "blocked": 2}
    assert found["wrong"] == sum(one["made"] for one in found["kinds"].values()) <= 100
    assert found["blocked"] + len(found["missed"]) == found["wrong"]
    assert done == [1, 2]
    assert found == run_clause_mutations(pack, ["d1", "d2"], count=100, seed=1)
    assert run_clause_mutations(pack, ["d1", "d2"], count=3, seed=1)["wrong"] == 3
