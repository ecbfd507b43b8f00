"""How many texts a device takes at a time."""

from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder
from averment.pipelines.ingestion.embedding_device import batch_for, fitting_batch, gpu_dtype, halved_until_it_fits

SMALL = EmbedderFolder(path=Path("small"), model_id="s@1", dimension=384, max_tokens=256, width=384)
LARGE = EmbedderFolder(path=Path("large"), model_id="l@1", dimension=4096, max_tokens=8192, width=4096)
GIB = 1024**3


def test_a_batch_grows_with_memory_and_shrinks_with_the_model() -> None:
    assert batch_for(0, SMALL) == 8
    assert batch_for(GIB, SMALL) == 128
    assert batch_for(64 * GIB, SMALL) == 1024
    assert batch_for(64 * GIB, LARGE) == 32
    assert fitting_batch("cpu", LARGE) == 16


def test_a_batch_that_does_not_fit_is_halved_and_the_size_is_kept() -> None:
    import torch

    tried: list[int] = []

    def run(size: int) -> str:
        tried.append(size)
        if size > 4:
            raise torch.OutOfMemoryError
        return "done"

    assert halved_until_it_fits(run, 32) == ("done", 4)
    assert tried == [32, 16, 8, 4]


def test_a_card_without_room_for_one_text_is_an_error_with_its_mend() -> None:
    import torch

    def run(size: int) -> str:
        raise torch.OutOfMemoryError

    with pytest.raises(ModelUnavailable) as caught:
        halved_until_it_fits(run, 2)
    assert "embedding.device" in str(caught.value.hint)


def test_without_a_card_its_arithmetic_is_an_error() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a graphics card")
    with pytest.raises(ModelUnavailable, match=r"embedding\.device is cuda"):
        gpu_dtype()
