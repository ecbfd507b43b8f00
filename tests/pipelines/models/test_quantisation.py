"""What is recorded of quantisation: what a model's files and its engine's arguments say, else that it is unknown."""

import json
from pathlib import Path

import pytest

from averment.pipelines.models.quantisation import quantisation_of


@pytest.mark.parametrize(
    ("config", "arguments", "expected"),
    [
        ({}, (), "none"),
        ({"quantization_config": {"quant_method": "awq", "bits": 4}}, (), "awq-4"),
        ({"quantization_config": {"quant_method": "fp8"}}, ("--quantization", "fp8"), "fp8"),
        ({}, ("--max-num-seqs", "4", "--quantization", "fp8"), "fp8"),
        ({}, ("--quantization=bitsandbytes",), "bitsandbytes"),
        ({}, ("--quantization",), "unknown"),
        ({"quantization_config": {"bits": 4}}, (), "unknown"),
        ({"quantization_config": "awq"}, (), "unknown"),
        ([], (), "unknown"),
    ],
)
def test_it_is_what_the_files_and_the_arguments_say(
    tmp_path: Path, config: object, arguments: tuple[str, ...], expected: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert quantisation_of(tmp_path, arguments=arguments) == expected


@pytest.mark.parametrize("content", [None, b"{", b"\xff"])
def test_it_is_unknown_where_the_files_do_not_tell(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "config.json").write_bytes(content)
    assert quantisation_of(tmp_path, arguments=("--quantization", "fp8")) == "unknown"
