"""The comparison with unstructured runs where its environment is, and knows nothing of this project."""

from pathlib import Path

import pytest

from averment.evaluation.bench import unstructured_fast
from averment.evaluation.bench.companion import Companion
from averment.evaluation.bench.corpus import contracts
from averment.evaluation.bench.plan import Plan
from tests.evaluation.bench.test_plain_embedding import imported


def test_nothing_of_the_project_is_imported() -> None:
    assert imported(Path(unstructured_fast.__file__)) <= {"json", "os", "sys", "time", "importlib", "unstructured"}


@pytest.mark.slow
def test_it_reads_a_pdf(plan: Plan, tmp_path: Path) -> None:
    if not plan.bench_python.exists():
        pytest.skip("no .venv-bench (make setup-bench)")
    command = [str(plan.bench_python), "-P", unstructured_fast.__file__]
    with Companion(command, complaints=tmp_path / "log") as program:
        answer = program.ask({"path": str(contracts(plan, 1)[0])})
    assert int(str(answer["elements"])) > 10
