"""Questions of a small pack are asked, and their answers judged by gold."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.errors import UsageError
from averment.core.testing.clock import FixedClock
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.answers.judging import Judged, judge
from averment.evaluation.answers.reply import Reply
from averment.evaluation.corpus import EvaluationStores
from averment.evaluation.labelling import Asking, Labelling, LabellingOptions, label_answers, outcome_of
from averment.evaluation.metrics import GoldUnit
from averment.evaluation.pack import Pack, PackQuestion
from averment.pipelines.reasoning.answerer import Answerer

from .small_pack import write_pack


def label(root: Path, asked: list[str], *, is_resumed: bool = False) -> Labelling:
    def make_answerer(stores: EvaluationStores) -> Answerer:
        asked.append("made")
        return Answerer(
            stores.retriever(), texts=stores.texts, catalog=stores.catalog, embedder=stores.embedder, clock=FixedClock()
        )

    pack = root / "pack"
    if not pack.exists():
        write_pack(pack)
    asking = Asking(
        embedder=HashEmbedder(), make_answerer=make_answerer, clock=FixedClock(), on_progress=lambda *_: None
    )
    options = LabellingOptions(input="txt", is_resumed=is_resumed)
    return label_answers(Pack(pack), ["small"], folder=root / "work", asking=asking, options=options)


@pytest.mark.slow
def test_answers_are_labelled_and_kept(tmp_path: Path) -> None:
    asked: list[str] = []
    found = label(tmp_path, asked)
    assert found.n_asked == 3
    labels = {one.id: one for one in found.labels}
    assert {"small/q-d1", "small/q-d2"} <= set(labels)
    assert all(labels[name].right for name in ("small/q-d1", "small/q-d2"))
    assert all(labels[name].group == "quote" for name in ("small/q-d1", "small/q-d2"))
    assert labels["small/q-d1"].score > 0.4
    assert not found.sought, "none of these asks whether there is a clause"
    rows = tmp_path / "work" / "rows" / "small" / "rows.jsonl"
    before = rows.read_text()
    assert label(tmp_path, asked, is_resumed=True) == found
    assert rows.read_text() == before


@pytest.mark.slow
def test_labels_are_what_the_judge_of_answers_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(question: PackQuestion, reply: Reply, *, gold: Sequence[GoldUnit]) -> Judged:
        return replace(judge(question, reply, gold=gold), is_right=False)

    monkeypatch.setattr("averment.evaluation.labelling.judge", wrong)
    found = label(tmp_path, [])
    assert found.labels
    assert not any(one.right for one in found.labels)


def test_no_benchmark_is_a_mistake(tmp_path: Path) -> None:
    asking = Asking(embedder=HashEmbedder(), make_answerer=lambda _: pytest.fail(), clock=FixedClock())
    with pytest.raises(UsageError, match="no benchmark"):
        label_answers(Pack(write_pack(tmp_path)), [], folder=tmp_path / "w", asking=asking, options=LabellingOptions())


@pytest.mark.parametrize(
    ("n_on_gold", "is_absence", "expected"), [(1, False, "found"), (0, True, "denied"), (0, False, "open")]
)
def test_a_marked_clause_is_found_denied_or_left_open(n_on_gold: int, is_absence: bool, expected: str) -> None:
    judged = Judged(is_answerable=True, is_answered=True, is_right=False, quality=0.0, n_on_gold=n_on_gold)
    assert outcome_of(judged, Reply(is_answered=not is_absence, is_absence=is_absence, text="")) == expected
