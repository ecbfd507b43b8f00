"""What a parser process cannot do."""

import sys
from pathlib import Path

import pytest

from averment.pipelines.ingestion.confinement import probe


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the barriers are those of Linux")
def test_a_confined_process_is_refused_network_programs_and_writing(tmp_path: Path) -> None:
    target = tmp_path / "written"
    found = probe(str(target))
    assert {"network", "programs"} <= found
    assert target.exists() is ("files" not in found)
