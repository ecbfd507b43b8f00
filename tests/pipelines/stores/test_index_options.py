"""Options of an index travel to the process that rebuilds it."""

import itertools

import pytest

from averment.pipelines.stores.index_options import STANDARD, IndexOptions, Quantization


@pytest.mark.parametrize("quantization", ["int8", "binary", "none"])
def test_arguments_come_back_as_the_same_options(quantization: Quantization) -> None:
    for vectors, payload in itertools.product([True, False], repeat=2):
        options = IndexOptions(quantization=quantization, vectors_on_disk=vectors, payload_on_disk=payload)
        assert IndexOptions.from_arguments(*options.arguments()) == options
        assert options.built_as() == {
            "quantization": quantization,
            "vectors_on_disk": vectors,
            "payload_on_disk": payload,
        }


def test_the_less_a_copy_tells_the_more_candidates_are_rescored() -> None:
    assert IndexOptions(quantization="binary").oversampling > STANDARD.oversampling >= 1
