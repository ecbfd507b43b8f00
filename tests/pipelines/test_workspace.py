from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from averment.core.access import Filters, Principal
from averment.core.audit import EventType
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.errors import ConfigurationError, StoreBusy, StoreError
from averment.core.settings import IndexSettings, Settings
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.gate import plain_recording
from averment.pipelines import workspace as workspaces
from averment.pipelines.workspace import Workspace, open_workspace

ADA = Principal(subject="ada", groups=("everyone",))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    open_data_dir(tmp_path / "data")
    return Settings(data_dir=tmp_path / "data")


@contextmanager
def opened(settings: Settings, sink: MemoryAuditSink, *, must_own: bool = False) -> Iterator[Workspace]:
    @contextmanager
    def open_log(_: DataDir) -> Iterator[MemoryAuditSink]:
        yield sink

    with open_workspace(
        settings, open_log=open_log, open_recording=plain_recording, clock=SystemClock(), must_own=must_own
    ) as workspace:
        yield workspace


def test_the_first_to_open_is_the_owner_and_the_second_works_through_it(settings: Settings) -> None:
    sink, unused = MemoryAuditSink(), MemoryAuditSink()
    with opened(settings, sink) as owner, opened(settings, unused) as client:
        assert client.index.count() == owner.index.count() == 0
        receipt = client.audit.receipt(client.audit.append(sink.events[0]))
        assert receipt.origin == "memory"
    assert [event.type for event in sink.events] == [EventType.CONFIG_CHANGED] * 2
    assert unused.events == []


def test_one_that_must_own_is_refused_while_another_does_and_not_after(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces, "OWNER_WAIT_S", 0.1)
    with (
        opened(settings, MemoryAuditSink()),
        pytest.raises(StoreBusy),
        opened(settings, MemoryAuditSink(), must_own=True),
    ):
        pytest.fail("it must not open")
    with opened(settings, MemoryAuditSink(), must_own=True) as owner:
        assert owner.index.count() == 0


def test_a_folder_that_was_never_made_is_an_error_with_its_mend(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError) as caught,
        opened(Settings(data_dir=tmp_path / "none"), MemoryAuditSink()),
    ):
        pytest.fail("it must not open")
    assert "averment init" in (caught.value.hint or "")
    assert not (tmp_path / "none").exists()


def test_a_server_index_without_an_address_is_refused(settings: Settings) -> None:
    chosen = settings.model_copy(update={"index": IndexSettings(backend="server")})
    with pytest.raises(ConfigurationError, match=r"index\.url"), opened(chosen, MemoryAuditSink()):
        pytest.fail("it must not open")
    with opened(settings, MemoryAuditSink()) as again:
        assert again.catalog.visible(ADA, Filters()) == []
