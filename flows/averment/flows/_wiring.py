"""Puts an installation together for the flows: settings, documents, log, ingestor, analyst."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from averment.compliance.holds import held_documents
from averment.compliance.overseer import Oversight
from averment.compliance.pii.detector import open_count
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.compliance.recording import open_recording
from averment.connectors.sources import Wanted, connectors_for
from averment.core.access import Filters, Principal
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir
from averment.core.documents import DocumentVersion
from averment.core.ports import Connector
from averment.core.settings_file import load_settings
from averment.pipelines.likeness import open_likeness
from averment.pipelines.models.configured import find_model, profile_of
from averment.pipelines.overseen import OverseenAnalyst
from averment.pipelines.stores.advisory_lock import advisory_lock
from averment.pipelines.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from averment.pipelines.ingestion.ingestor import Ingestor

SUBJECT = "flows"


class Wiring:
    """What a flow works with.

    Args:
        workspace: Documents and what can be done with them, with the log.
    """

    def __init__(self, workspace: Workspace):
        self.settings = workspace.settings
        self._workspace = workspace

    @cached_property
    def ingestor(self) -> "Ingestor":
        """Return the ingestor."""
        return self._workspace.ingestor(subject=SUBJECT)

    @cached_property
    def analyst(self) -> OverseenAnalyst:
        """Return the analyst, with the language model if one runs, overseen by people."""
        model, profile = find_model(self.settings), profile_of(self.settings)
        if model is not None:
            self._workspace.record_model(profile)
        return OverseenAnalyst(self._workspace.analyst(model, profile=profile), overseer=self.oversight)

    @cached_property
    def oversight(self) -> Oversight:
        """Return what people decide about analyses, and what is watched of them."""
        workspace = self._workspace
        return Oversight(workspace.data_dir, audit=workspace.audit, settings=self.settings, clock=workspace.clock)

    def connector(self, source: str, *, wanted: Wanted | None = None) -> Connector:
        """Return the connector of one source, or of the items of it that are wanted."""
        (connector,) = connectors_for(self.settings, [source], wanted=wanted)
        return connector

    def visible(self, who: Principal, filters: Filters) -> list[DocumentVersion]:
        """Return the ready documents that somebody may read and that pass the filters."""
        return self._workspace.catalog.visible(who, filters)


@contextmanager
def open_wiring(config: Path | None, *, environ: Mapping[str, str] = os.environ) -> Iterator[Wiring]:
    """Open the installation that a settings file describes, for the duration of a flow run."""
    settings = load_settings(config=config, environ=environ, cwd=Path.cwd()).settings
    clock = SystemClock()

    def open_log(data_dir: DataDir) -> EvidenceRecorder:
        held.enter_context(advisory_lock(settings.log.lock_url, name=settings.log.origin))
        return open_evidence(data_dir.evidence, data_dir.keys, clock=clock, settings=settings.log)

    likeness = open_likeness(lambda: workspace.embedder, cache=settings.data_dir / "cache")
    recording = partial(open_recording, settings=settings, clock=clock, open_likeness=likeness)
    with (
        ExitStack() as held,
        open_workspace(settings, open_log=open_log, open_recording=recording, clock=clock) as workspace,
    ):
        workspace.open_count = open_count
        workspace.held_documents = held_documents(workspace.data_dir.evidence, clock=clock)
        yield Wiring(workspace)
