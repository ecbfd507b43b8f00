"""Whether index, catalog, log and model answer, and whether the index holds what it must."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from averment.compliance.log.reader import LogReader
from averment.compliance.recorder import EvidenceRecorder
from averment.core.errors import AuditWriteFailed, AvermentError, StoreBusy
from averment.pipelines.models.client import OpenAIChatModel
from averment.pipelines.models.endpoint_pool import EndpointPool
from averment.pipelines.workspace import Workspace
from averment.service.model_watch import ModelWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCheck:
    """Points expected and found, and the documents whose numbers differ."""

    expected: int
    found: int
    differing: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        """Tell whether the index holds exactly what it must."""
        return self.expected == self.found and not self.differing


def check_health(workspace: Workspace, *, evidence: EvidenceRecorder | None, models: ModelWatch) -> dict[str, str]:
    """Return `ok` or the reason it is not, for index, catalog, log and model.

    Args:
        workspace: The open installation.
        evidence: Its log; None where another process owns it.
        models: Knows the language model, if one runs.
    """
    checks: dict[str, Callable[[], object]] = {
        "index": workspace.index.count,
        "catalog": workspace.catalog.counts,
        "log": lambda: _check_log(evidence, workspace.data_dir.evidence),
        "model": lambda: _check_model(models, is_wanted=workspace.settings.model.enabled),
    }
    return {name: _state(check) for name, check in checks.items()}


def _check_log(evidence: EvidenceRecorder | None, folder: Path) -> None:
    """Sign what is unsigned, read the checkpoint back, and try whether the log's disk takes a byte."""
    if evidence is None:
        return
    evidence.seal()
    LogReader(folder / "log").checkpoint()
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(b"?")
            os.fsync(probe.fileno())
    except OSError as error:
        raise AuditWriteFailed(f"the log's disk takes no bytes: {error.strerror}") from error


def _check_model(models: ModelWatch, *, is_wanted: bool) -> None:
    if not is_wanted:
        return
    model = models.current().model
    if model is None:
        raise StoreBusy("no language model runs (averment model serve)")
    if isinstance(model, OpenAIChatModel | EndpointPool):
        model.warm_up()


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except AvermentError as error:
        return f"{error.code}: {error.message}"
    return "ok"
