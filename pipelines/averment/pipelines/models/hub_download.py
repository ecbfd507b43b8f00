"""Downloads a model from the hub: run as a child process by `averment model fetch`, never imported elsewhere.

`python -m averment.pipelines.models.hub_download REPOSITORY REVISION FOLDER`. Weights come as safetensors only;
code in the repository is left out.
"""

import os
import sys
from typing import Final

_WANTED: Final = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.jinja", "*.txt", "tokenizer.model"]
_UNWANTED: Final = ["original/*", "*.py", "*.bin", "*.pt", "*.pth", "*.gguf"]


def main(arguments: list[str]) -> int:
    """Download; return the exit status."""
    repository, revision, folder = arguments
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from huggingface_hub import snapshot_download

    snapshot_download(
        repository,
        revision=revision,
        local_dir=folder,
        allow_patterns=[*_WANTED, "LICENSE*", "NOTICE*", "README.md"],
        ignore_patterns=_UNWANTED,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
