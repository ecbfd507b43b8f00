from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance.oversight.safe_state import SafeState
from tests.compliance.oversight.office import Office, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


@pytest.fixture
def state(tmp_path: Path) -> SafeState:
    return SafeState(tmp_path)
