"""A second index built beside the one that serves, the switch to it, and the way back."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from averment.core.audit import AuditEvent, EventType
from averment.core.errors import IndexUnavailable, IndexVersionNotFound, UsageError
from averment.pipelines.ingestion.chunking import pipeline_version
from averment.pipelines.ingestion.tally import OnProgress
from averment.pipelines.stores.catalog_types import IndexRecord, IndexSize, IndexState
from averment.pipelines.workspace import Workspace

_PURPOSE: Final = "reindex"
_ATTEMPTS: Final = 5

Change = Literal["begun", "switched", "rolled-back", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexReport:
    """What became of an index: `status` is `switched`, `built` (and not switched to) or `incomplete`."""

    status: Literal["switched", "built", "incomplete"]
    index: str
    before: str
    n_done: int
    n_pages: int
    documents: int
    quarantined: int
    missing: tuple[str, ...]


class IndexKeeper:
    """Builds, switches and drops the indexes of an installation.

    Args:
        workspace: The installation.
        subject: On whose behalf; pseudonymised in the log.
        jobs: Worker processes that parse; those of settings when None.
    """

    def __init__(self, workspace: Workspace, *, subject: str, jobs: int | None = None):
        self._workspace = workspace
        self._catalog = workspace.catalog
        self._indexes = workspace.indexes
        self._subject = subject
        self._jobs = jobs

    def reindex(
        self,
        *,
        embedder: Path | None = None,
        is_new: bool = False,
        is_switched: bool = True,
        on_progress: OnProgress | None = None,
    ) -> ReindexReport:
        """Read every document anew into a second index and let it serve; goes on with a build that was ended.

        Args:
            embedder: Folder of the embedding model; that of settings when None.
            is_new: Drop a build that was begun, and begin anew.
            is_switched: Whether the index serves once it is complete.
            on_progress: Told how far it is.
        """
        wanted = self._indexes.new_record(model_path=embedder)
        begun = self._in_state(IndexState.BUILDING)
        if begun and (is_new or _recipe(begun) != _recipe(wanted)):
            self.drop(begun.name)
            begun = None
        record = begun or self._begin(wanted)
        return self._bring_up(record, is_switched=is_switched, on_progress=on_progress)

    def switch(self, name: str, *, on_progress: OnProgress | None = None) -> ReindexReport:
        """Let an index serve that was built or served before, brought up to date first."""
        record = self._indexes.named(name)
        if record.state is IndexState.SERVING:
            raise UsageError(f"index {name!r} serves already")
        return self._bring_up(record, is_switched=True, on_progress=on_progress)

    def roll_back(self, *, on_progress: OnProgress | None = None) -> ReindexReport:
        """Let the index serve again that served last.

        Raises:
            IndexVersionNotFound: No index served before this one, or it was dropped.
        """
        rested = [record for record in self._indexes.records() if record.state is IndexState.RESTING]
        if not rested:
            raise IndexVersionNotFound("no other index has served before", hint="averment index list")
        last = max(rested, key=lambda record: record.served_from or record.created_at)
        return self.switch(last.name, on_progress=on_progress)

    def drop(self, name: str) -> None:
        """Delete an index that does not serve.

        Raises:
            UsageError: It serves.
        """
        record = self._indexes.named(name)
        if record.state is IndexState.SERVING:
            raise UsageError(f"index {name!r} serves", hint="averment index switch another one first")
        self._catalog.begin_drop(name)
        self._indexes.drop(replace(record, state=IndexState.DROPPING))
        self._log("dropped", record, before=None, size=None)
        self._catalog.finish_drop(name)
        self._workspace.upkeep(subject=self._subject).sweep()

    def listed(self) -> list[tuple[IndexRecord, int]]:
        """Return every index with the number of documents it holds."""
        counts = self._catalog.counts()
        serving = counts.get("ready", 0) + counts.get("quarantined", 0)
        return [
            (
                record,
                serving if record.state is IndexState.SERVING else self._catalog.index_size(record.name).documents,
            )
            for record in self._indexes.records()
        ]

    def _begin(self, wanted: IndexRecord) -> IndexRecord:
        self._catalog.freeze_index(self._indexes.serving_record().name)
        self._log("begun", wanted, before=None, size=None)
        return self._catalog.add_index(wanted)

    def _bring_up(self, record: IndexRecord, *, is_switched: bool, on_progress: OnProgress | None) -> ReindexReport:
        n_done, n_pages = 0, 0
        reindexer = self._workspace.reindexer(record, subject=self._subject, jobs=self._jobs)
        for attempt in range(_ATTEMPTS):
            built = reindexer.build(on_progress=on_progress)
            n_done, n_pages = n_done + built.n_done, n_pages + built.n_pages
            size = self._catalog.index_size(record.name)
            status: Literal["switched", "built", "incomplete"] = "incomplete" if built.missing else "built"
            before = self._indexes.serving_record().name
            if is_switched and not built.missing:
                self._require_whole(record, size)
                try:
                    self._switch(record, before=before, size=size)
                    status = "switched"
                except IndexUnavailable:  # documents changed between the last look and the switch
                    if attempt + 1 == _ATTEMPTS:
                        raise
                    continue
            break
        return ReindexReport(
            status=status,
            index=record.name,
            before=before,
            n_done=n_done,
            n_pages=n_pages,
            documents=size.documents,
            quarantined=size.quarantined,
            missing=built.missing,
        )

    def _require_whole(self, record: IndexRecord, size: IndexSize) -> None:
        """Compare the points of an index with what the catalog expects before it serves."""
        found = self._indexes.store(record).count()
        if found != size.points:
            self._catalog.distrust_index(record.name)
            raise IndexUnavailable(
                f"index {record.name!r} holds {found} points where {size.points} are expected",
                hint="averment reindex does its documents again; averment reindex --new builds it from nothing",
            )

    def _switch(self, record: IndexRecord, *, before: str, size: IndexSize) -> None:
        change: Change = "rolled-back" if record.state is IndexState.RESTING else "switched"
        self._catalog.switch_index(record.name, store=self._indexes.kind)
        self._log(change, record, before=before, size=size)
        self._workspace.upkeep(subject=self._subject).sweep()

    def _in_state(self, state: IndexState) -> IndexRecord | None:
        for record in self._indexes.records():
            if record.state is IndexState.DROPPING:
                self.drop(record.name)
            elif record.state is state:
                return record
        return None

    def _log(self, change: Change, record: IndexRecord, *, before: str | None, size: IndexSize | None) -> None:
        self._workspace.audit.append(
            AuditEvent(
                type=EventType.INDEX_CHANGED,
                subject=self._subject,
                purpose=_PURPOSE,
                data={
                    "change": change,
                    "index": record.name,
                    "before": before,
                    "model": record.model_id,
                    "dimension": record.dimension,
                    "pipeline_version": record.pipeline_version,
                    "documents": size.documents if size else None,
                    "quarantined": size.quarantined if size else None,
                },
            )
        )


def _recipe(record: IndexRecord) -> tuple[str, str, str]:
    return record.model_id, record.pipeline_version, pipeline_version(model_id=record.model_id)
