"""Which questions the demonstration asks: those of the examples, or some of a pack whose documents are given."""

import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from averment.cli.filters import parse_filters
from averment.core.access import Filters
from averment.core.errors import ConfigurationError

PACK_SAMPLE: Final = {"value": 2, "clause": 2, "absent": 1}
PACK_SAMPLE_SIZE: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoQuestion:
    """A question and, where known, what a person expects."""

    text: str
    filters: Filters = field(default_factory=Filters)
    expected: str | None = None


def example_questions(file: Path) -> list[DemoQuestion]:
    """Read the questions that the examples name under `demo`, in that order.

    Raises:
        ConfigurationError: The file is missing or does not hold them.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        rows = {row["id"]: row for row in content["questions"]}
        chosen = [rows[identity] for identity in content["demo"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(f"the example questions {str(file)!r} cannot be read: {error}") from error
    return [
        DemoQuestion(
            text=row["question"],
            filters=parse_filters([f"{key}={value}" for key, many in row.get("filters", {}).items() for value in many]),
        )
        for row in chosen
    ]


def pack_questions(documents: Path, *, seed: int) -> list[DemoQuestion]:
    """Choose questions about a pack's collection: a few of each kind, by seed.

    Args:
        documents: A folder `<pack>/corpus/<collection>` of a pack in the documented format.
        seed: Chooses the sample.

    Raises:
        ConfigurationError: The folder is not part of a pack with questions.
    """
    queries = documents.parent.parent / "benchmarks" / documents.name / "queries.jsonl"
    try:
        rows = [json.loads(line) for line in queries.read_text(encoding="utf-8").splitlines() if line]
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{str(documents)!r} brings no questions: {str(queries)!r} cannot be read",
            hint="give a folder corpus/<collection> of a pack, or ingest it and use averment ask",
        ) from error
    choose = random.Random(seed)
    by_type: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        if row.get("scope") == "corpus":
            by_type.setdefault(str(row["type"]), []).append(row)
    sample: list[dict[str, object]] = []
    for kind in sorted(by_type):
        wanted = PACK_SAMPLE.get(kind, PACK_SAMPLE_SIZE // len(by_type) + 1)
        sample.extend(choose.sample(by_type[kind], min(wanted, len(by_type[kind]))))
    return [DemoQuestion(text=str(row["question"]), expected=_expected(row)) for row in sample[:PACK_SAMPLE_SIZE]]


def _expected(row: dict[str, object]) -> str:
    if row["type"] == "absent":
        return "that the documents do not say"
    gold = row.get("gold")
    first = gold[0] if isinstance(gold, list) and gold else {}
    shown = str(row.get("answer") or first.get("text") or "")
    page = f" (page {first['page']})" if first.get("page") else ""
    return " ".join(shown.split())[:160] + page
