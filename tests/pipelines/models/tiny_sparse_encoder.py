"""A sparse encoder small enough for tests: random weights, the packaged model's vocabulary."""

import shutil
from pathlib import Path

from averment.pipelines.ingestion.embedder_folder import packaged_model_path


def make_sparse_encoder(folder: Path, *, seed: int = 0) -> Path:
    """Write a tiny SPLADE model and return its folder."""
    from sentence_transformers import SparseEncoder
    from transformers import BertConfig, BertForMaskedLM, set_seed

    set_seed(seed)
    base = folder.parent / f"{folder.name}-base"
    config = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    BertForMaskedLM(config).save_pretrained(base)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        if (packaged_model_path() / name).exists():
            shutil.copy(packaged_model_path() / name, base / name)
    SparseEncoder(str(base), device="cpu", local_files_only=True).save_pretrained(str(folder))
    return folder
