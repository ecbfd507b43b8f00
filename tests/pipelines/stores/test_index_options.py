"""Options of an index travel to the process that rebuilds it."""

import pytest

from averment.pipelines.stores.index_options import IndexOptions, Quantization


@pytest.mark.parametrize("quantization", ["int8", "none"])
@pytest.mark.parametrize("on_disk", [True, False])
def test_arguments_come_back_as_the_same_options(quantization: Quantization, on_disk: bool) -> None:
    options = IndexOptions(quantization=quantization, vectors_on_disk=on_disk)
    assert IndexOptions.from_arguments(*options.arguments()) == options
    assert options.built_as() == {"quantization": quantization, "vectors_on_disk": on_disk}
