"""How many texts a device embeds at a time, and in which arithmetic a graphics card does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder

Device = Literal["cpu", "cuda"]

# More than this gains nothing on a processor and costs memory.
_CPU_BATCH: Final = 16
_MIN_BATCH, _MAX_BATCH = 8, 1024
# Numbers that one layer holds for each of a token's `width` at once: inputs, queries, keys, values, feed-forward.
_COPIES: Final = 16
_BYTES: Final = 4
# The card may serve a language model as well: only a part of what is free now is counted on.
_SHARE: Final = 0.5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlace:
    """Where batches run, and how many texts each holds: what the device can hold where `batch_size` is None."""

    device: Device = "cpu"
    batch_size: int | None = None


def fitting_batch(device: Device, folder: EmbedderFolder) -> int:
    """Return how many of the longest texts fit: a power of two on a graphics card, from its free memory."""
    if device == "cpu":
        return _CPU_BATCH
    free_bytes, _ = _cuda().mem_get_info()
    return batch_for(int(free_bytes * _SHARE), folder)


def batch_for(n_bytes: int, folder: EmbedderFolder) -> int:
    """Return how many texts of a model fit into so many bytes, a power of two from 8 to 1,024."""
    per_text = max(folder.max_tokens * folder.width * _COPIES * _BYTES, 1)
    size = _MIN_BATCH
    while size * 2 <= _MAX_BATCH and size * 2 * per_text <= n_bytes:
        size *= 2
    return size


def halved_until_it_fits(run: Callable[[int], _T], size: int) -> tuple[_T, int]:
    """Run with batches of `size`, of half of it when the card's memory runs out, and so on; return the size as well.

    Raises:
        ModelUnavailable: Not even one text fits.
    """
    import torch

    while True:
        try:
            return run(size), size
        except torch.OutOfMemoryError as cause:
            if size == 1:
                raise ModelUnavailable(
                    "the graphics card has no memory left for embedding one text",
                    hint="set embedding.device to cpu, or give the language model less of the card",
                ) from cause
            size //= 2
            if torch.cuda.is_available():
                torch.cuda.empty_cache()


def gpu_dtype() -> str:
    """Name the arithmetic of a graphics card: `bfloat16` where it has that, `float32` otherwise."""
    return "bfloat16" if _cuda().is_bf16_supported() else "float32"


def _cuda() -> Any:
    import torch

    if not torch.cuda.is_available():
        raise ModelUnavailable(
            "embedding.device is cuda and there is no graphics card, or this build of torch cannot use it",
            hint="set embedding.device to cpu, or install a CUDA build of torch",
        )
    return torch.cuda
