"""Steps are planned to fit the time, and too few rows are refused; resuming is tested in test_run."""

import time
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError, UsageError
from averment.pipelines.training.cross_encoding import load_cross_encoder
from averment.pipelines.training.trainers import Course, Lesson, Recipe, as_facts, require_training, run_lesson

RECIPE = Recipe(batch_size=4, learning_rate=1e-4, epochs=2)


def _course(folder: Path, **changes: Any) -> Course:
    options: dict[str, Any] = {
        "folder": folder,
        "seed": 0,
        "until_s": time.monotonic() + 60,
        "steps": None,
        "is_resumed": False,
        "device": "cpu",
        "use_bfloat16": False,
        "on_step": lambda *_: None,
        "identity": "this",
    }
    return Course(**{**options, **changes})


def _lesson(encoder: Path, n_rows: int) -> Lesson:
    from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

    model = load_cross_encoder(encoder, labels=())
    columns: dict[str, list[object]] = {
        "question": [f"question {number}" for number in range(n_rows)],
        "passage": [f"passage {number}" for number in range(n_rows)],
        "label": [float(number % 2) for number in range(n_rows)],
    }
    return Lesson(model=model, columns=columns, keys=None, loss=BinaryCrossEntropyLoss(model), is_cross_encoder=True)


@pytest.mark.slow
def test_epochs_are_the_most_and_the_time_limits_them(tiny_encoder: Path, tmp_path: Path) -> None:
    told: list[int] = []
    lesson = _lesson(tiny_encoder, 24)
    whole = run_lesson(lesson, RECIPE, course=_course(tmp_path / "a", on_step=lambda done, total, _: told.append(done)))
    assert (whole.steps_planned, whole.steps_done, whole.epochs) == (12, 12, 2.0)
    assert told == list(range(1, 13))
    assert not whole.is_cut_short
    short = run_lesson(_lesson(tiny_encoder, 24), RECIPE, course=_course(tmp_path / "b", until_s=time.monotonic()))
    assert short.steps_done == 1
    facts = as_facts(RECIPE, short)
    assert set(facts) == {"recipe", "run"}


@pytest.mark.slow
def test_checkpoints_hold_no_texts(tiny_encoder: Path, tmp_path: Path) -> None:
    run_lesson(_lesson(tiny_encoder, 24), RECIPE, course=_course(tmp_path))
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "trainer_state.json" for path in kept)
    assert not any(b"passage 3" in path.read_bytes() for path in kept)


@pytest.mark.slow
def test_too_few_rows_are_refused_with_the_number_needed(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"3 rows can be made .* at least 4 are needed"):
        run_lesson(_lesson(tiny_encoder, 3), RECIPE, course=_course(tmp_path))


@pytest.mark.slow
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    require_training()
    monkeypatch.setattr("sentence_transformers.util.is_training_available", lambda: False)
    with pytest.raises(ConfigurationError, match="'datasets' and 'accelerate'") as caught:
        require_training()
    assert "averment[training]" in str(caught.value.hint)
