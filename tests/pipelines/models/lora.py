"""Makes a LoRA adapter of random weights, in the files that PEFT writes."""

import json
from collections.abc import Sequence
from pathlib import Path

MODULES = ("q_proj", "v_proj")


def write_adapter(
    folder: Path, *, base: str, rank: int = 8, layers: int = 1, shapes: Sequence[tuple[int, int]] = ((8, 8), (4, 8))
) -> Path:
    """Write an adapter over the attention of a Llama and return its folder.

    Args:
        folder: Made when absent.
        base: What it says it was trained for.
        rank: Of its matrices.
        layers: How many layers the model has.
        shapes: Rows and columns of the model's query and value projections.
    """
    import numpy as np
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    stated = {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": rank, "lora_alpha": 2 * rank, "lora_dropout": 0.0,
        "bias": "none", "base_model_name_or_path": base, "target_modules": list(MODULES), "inference_mode": True,
    }  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(stated), encoding="utf-8")
    random = np.random.default_rng(rank)
    tensors = {}
    for layer in range(layers):
        for module, (rows, columns) in zip(MODULES, shapes, strict=True):
            name = f"base_model.model.model.layers.{layer}.self_attn.{module}"
            tensors[f"{name}.lora_A.weight"] = random.normal(size=(rank, columns)).astype(np.float32)
            tensors[f"{name}.lora_B.weight"] = random.normal(size=(rows, rank)).astype(np.float32)
    save_file(tensors, str(folder / "adapter_model.safetensors"))
    return folder
