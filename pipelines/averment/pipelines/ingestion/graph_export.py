"""Exports a sentence-transformers model as an ONNX graph: `graph_export MODEL TARGET PRECISION PROMPT`.

Runs in a process of its own, so that the memory of tracing goes with it. With `int8` the weights of matrix products are
rounded to eight bits, each output channel by its own scale, and inputs as they come, by the range that those of one
text span. A graph whose vectors are not those of the model, up to rounding, is not delivered: rounding does not suit
every model.

Exit status: 0 done, 3 the graph differs from the model, 1 the model cannot be exported.
"""

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from averment.pipelines.ingestion.embedder_folder import Prompts, read_folder
from averment.pipelines.ingestion.graph_encoder import GraphEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_OPSET: Final = 17
_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
_MIN_COSINE: Final = {"float32": 0.9999, "int8": 0.985}
_SAMPLES: Final = (
    "ready",
    "Which law governs the agreement, and how may either party terminate it?",
    "Um wie viel Prozent stiegen die Umsatzerlöse im zweiten Quartal gegenüber dem Vorjahr?",
)


def main(arguments: Sequence[str]) -> int:
    """Export, round if asked to, and compare."""
    model, target, precision, prompt = Path(arguments[0]), Path(arguments[1]), arguments[2], arguments[3]
    whole = _load(model)
    graph = target.with_name("float32.onnx")
    _export(whole, graph)
    if precision == "int8":
        _round(graph, target)
    else:
        graph.replace(target)
    encoder = GraphEncoder(target, folder=read_folder(model, prompts=Prompts(query=prompt)))
    own = whole.encode(list(_SAMPLES), prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
    nearness = [float(encoder.query(text) @ vector) for text, vector in zip(_SAMPLES, own, strict=True)]
    return 0 if min(nearness) >= _MIN_COSINE[precision] else 3


def _load(model: Path) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer

    # The attention written out in matrix products: the fused kinds are not traced for every length.
    chosen = {"dtype": torch.float32, "attn_implementation": "eager"}
    return SentenceTransformer(str(model), device="cpu", local_files_only=True, model_kwargs=chosen).eval()


def _export(whole: "SentenceTransformer", target: Path) -> None:
    import torch

    features = whole.preprocess(list(_SAMPLES))
    names = [name for name in _INPUTS if name in features]
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the tracer's remarks on every branch it passes
        torch.onnx.export(
            _traced(whole, names),
            tuple(features[name] for name in names),
            str(target),
            input_names=names,
            output_names=["sentence_embedding"],
            dynamic_axes={str(name): {0: "texts", 1: "tokens"} for name in names},
            opset_version=_OPSET,
            dynamo=False,
        )


def _traced(whole: "SentenceTransformer", names: Sequence[str]) -> Any:
    import torch

    class Traced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.whole = whole

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            given = dict(zip(names, inputs, strict=True))
            return cast("torch.Tensor", self.whole(given)["sentence_embedding"])

    return Traced().eval()


def _round(graph: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    operations = ["MatMul", "Gemm"]
    quantize_dynamic(graph, target, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=operations)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
