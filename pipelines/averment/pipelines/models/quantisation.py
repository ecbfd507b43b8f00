"""In how many bits a model's weights are kept, as the model's own files and its engine's arguments say it.

The file is `config.json` with `quantization_config`, the form that Hugging Face's libraries write and vLLM reads. What
neither states is unknown, never guessed from a name.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

UNKNOWN: Final = "unknown"
NONE: Final = "none"
_FLAG: Final = "--quantization"


def quantisation_of(folder: Path, *, arguments: Sequence[str] = ()) -> str:
    """Return method and bits of a model (`awq-4`, `fp8`), `none`, or `unknown` where its files do not tell.

    Args:
        folder: The model's folder.
        arguments: The engine's, which may ask it to quantise what is not (`--quantization fp8`).

    Example:
        >>> quantisation_of(Path("/nowhere"))
        'unknown'
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return UNKNOWN
    if not isinstance(config, Mapping):
        return UNKNOWN
    stated = config.get("quantization_config")
    if stated is None:
        return _asked_for(arguments) or NONE
    if not isinstance(stated, Mapping) or not isinstance(method := stated.get("quant_method"), str):
        return UNKNOWN
    bits = stated.get("bits")
    return f"{method}-{bits}" if isinstance(bits, int) else method


def _asked_for(arguments: Sequence[str]) -> str | None:
    for at, argument in enumerate(arguments):
        flag, _, value = argument.partition("=")
        if flag == _FLAG:
            return value or next(iter(arguments[at + 1 :]), UNKNOWN)
    return None
