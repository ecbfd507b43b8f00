"""What figures were taken with is read from the machine and is JSON."""

import json
from pathlib import Path

from averment.evaluation.bench.machine import configuration, file_system, headline
from averment.evaluation.bench.plan import Plan
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.ingestion.embedding_arithmetic import PLAIN


def test_the_configuration_names_what_decides_a_figure(plan: Plan) -> None:
    found = configuration(plan, SentenceTransformerEmbedder(wanted=PLAIN), load=9999.0)
    json.dumps(found)
    assert found["seed"] == plan.seed
    assert found["documents"] == "samples"
    assert isinstance(found["versions"], dict)
    assert found["versions"]["qdrant-edge-py"]
    assert isinstance(found["embedding"], dict)
    assert "sha256:" in str(found["embedding"]["model"])
    assert "QUICK" in headline(found)
    assert "BUSY" in headline(found)
    assert "BUSY" not in headline({**found, "load_average_before": 0.0})


def test_the_file_system_is_that_of_the_longest_mount() -> None:
    assert file_system(Path("/proc/self")) == "proc"
    assert file_system(Path("/")) != "unknown"
