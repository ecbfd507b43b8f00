"""Settings allow arithmetics that there are, from the most exact to the least."""

import pytest

from averment.core.errors import ConfigurationError
from averment.pipelines.ingestion.embedding_arithmetic import ARITHMETICS, EXACT, PLAIN, Wanted


def names(wanted: Wanted) -> list[str]:
    return [one.name for one in wanted.allowed()]


def test_what_is_auto_is_left_to_the_trial() -> None:
    assert Wanted().allowed() == ARITHMETICS
    assert PLAIN.allowed() == (EXACT,)
    assert names(Wanted(precision="float32")) == ["torch-float32", "onnxruntime-float32"]
    assert names(Wanted(engine="onnxruntime")) == ["onnxruntime-float32", "onnxruntime-int8"]
    assert names(Wanted(precision="int8")) == ["onnxruntime-int8"]


def test_a_combination_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'torch' does not compute in embedding\.precision 'int8'") as caught:
        Wanted(engine="torch", precision="int8").allowed()
    assert caught.value.hint
