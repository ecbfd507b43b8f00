"""Labelled answers are read as they were written, and nothing else is."""

import json
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.labels import LabelledAnswer, digest_of, read_labels, write_labels

LABELS = [
    LabelledAnswer(id="a", group="quote", score=0.5, right=True),
    LabelledAnswer(id="b", group="figure", score=1.0, right=False),
]


def test_they_come_back(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "labels.jsonl"
    write_labels(LABELS, path)
    assert read_labels(path) == LABELS


def test_the_digest_does_not_know_their_order() -> None:
    assert digest_of(LABELS) == digest_of(LABELS[::-1]) != digest_of(LABELS[:1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": 1.5}, "expected a number from 0 to 1"),
        ({"score": True}, "expected a number from 0 to 1"),
        ({"right": 1}, "expected true or false"),
        ({"group": "prose"}, "expected one of quote"),
        ({"more": 1}, "expected an object of"),
    ],
)
def test_another_line_is_named(tmp_path: Path, change: dict[str, object], said: str) -> None:
    row = {"id": "a", "group": "quote", "score": 0.5, "right": True} | change
    path = tmp_path / "labels.jsonl"
    path.write_text("\n" + json.dumps(row))
    with pytest.raises(ConfigurationError, match=f"line 2: .*{said}"):
        read_labels(path)


def test_no_json_a_double_id_and_no_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text("{")
    with pytest.raises(ConfigurationError, match="no JSON object"):
        read_labels(path)
    write_labels([LABELS[0], LABELS[0]], path)
    with pytest.raises(ConfigurationError, match="occurs twice"):
        read_labels(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_labels(tmp_path / "none")
