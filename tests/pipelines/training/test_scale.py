"""Scores are brought to scale without changing their order."""

import math
import random

import numpy as np
import pytest

from averment.pipelines.training.scale import fit_line, fit_temperature, line_probability


def test_the_temperature_of_overconfident_logits_is_found() -> None:
    draw = np.random.default_rng(0)
    logits = draw.normal(size=(4_000, 3)) * 2
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = [int(draw.choice(3, p=row)) for row in shares]
    assert fit_temperature(logits, labels) == pytest.approx(1, rel=0.1)
    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.1)
    assert fit_temperature(np.zeros((0, 3)), []) == 1.0


def test_a_line_through_log_odds_is_found() -> None:
    dice = random.Random(0)
    values = [dice.random() for _ in range(6_000)]
    labels = [dice.random() < 1 / (1 + math.exp(-(6 * value - 3))) for value in values]
    slope, offset = fit_line(values, labels)
    assert slope == pytest.approx(6, rel=0.1)
    assert offset == pytest.approx(-3, rel=0.1)
    assert line_probability((slope, offset), 0.9) > line_probability((slope, offset), 0.1)
    assert fit_line([], []) == (0.0, 0.0)
    assert line_probability((1e9, 0.0), 1.0) == pytest.approx(1)
