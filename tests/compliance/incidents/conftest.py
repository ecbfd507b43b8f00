from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance.holds import HoldRegister
from averment.compliance.incidents.desk import IncidentDesk
from averment.compliance.incidents.freezing import FrozenEvidence
from averment.compliance.oversight.safe_state import SafeState
from averment.compliance.oversight.stopping import StopDesk
from averment.compliance.retention import Retention
from averment.core.record_settings import RetentionSettings
from tests.compliance.oversight.office import Office, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


@pytest.fixture
def state(tmp_path: Path) -> SafeState:
    return SafeState(tmp_path)


@pytest.fixture
def desk(office: Office, state: SafeState) -> IncidentDesk:
    return IncidentDesk(
        office.record,
        holds=FrozenEvidence(
            office.record,
            register=HoldRegister(office.recorder.evidence_dir),
            retention=lambda: Retention(settings=RetentionSettings()),
        ),
        stops=StopDesk(office.record, state=state, clock=office.clock),
        state=state,
        clock=office.clock,
    )
