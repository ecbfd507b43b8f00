"""Keeps the libraries we use from reporting to their makers, from downloading, and from talking on the screen.

They read the environment when they are imported, so this runs at the start of a process and before documents are
opened. Nothing here concerns our own settings.
"""

import os
from collections.abc import Mapping, MutableMapping
from typing import Final

QUIET: Final[Mapping[str, str]] = {
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "true",
    "QDRANT__TELEMETRY_DISABLED": "true",
    # Without it onnxruntime keeps a device id and events in the home folder, to be sent; its own switch comes too late.
    "ORT_DISABLE_TELEMETRY": "1",
    "UNSTRUCTURED_DISABLE_NOTICE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}


def silence_libraries(environ: MutableMapping[str, str] = os.environ) -> None:
    """Tell libraries that are not imported yet to send nothing and say nothing; wins over the user's environment."""
    environ.update(QUIET)
