"""Puts together what erasing a person, or telling them what is held, reaches in one installation."""

from collections.abc import Sequence
from pathlib import Path

from averment.compliance.byte_search import RepeatingFolder
from averment.compliance.erasure import Eraser, Reach
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.retention import Retention
from averment.compliance.sealed_texts import SealedTexts
from averment.compliance.signing_keys import mark_key
from averment.compliance.subject_export import AccessRequest, export_person
from averment.core.erasure import CleanedStore, ErasableStore
from averment.pipelines.erasing import CatalogStore, IndexStores
from averment.pipelines.models.configured import MODEL_FOLDER
from averment.pipelines.workspace import Workspace
from averment.service.history import HistoryStore
from averment.service.identity.forgetting import SignInStore

# What lies outside the data directory, or is not ours: named in every certificate.
_BEYOND = (
    CleanedStore(name="sources", state="not-reached", detail="files at their sources stay; the same bytes stay out"),
    CleanedStore(name="handed-out", state="not-reached", detail="answers, reports, exports, tables of batches"),
    CleanedStore(name="models", state="not-reached", detail="trained on documents: train them anew"),
    CleanedStore(
        name="evaluation", state="not-reached", detail="folders given to averment eval, with kept model calls"
    ),
)


def make_eraser(workspace: Workspace, recorder: EvidenceRecorder, *, retention: Retention, subject: str) -> Eraser:
    """Return what erases people from the installation that a workspace and its log belong to."""
    root = workspace.data_dir.root
    stores: list[ErasableStore] = [
        CatalogStore(workspace.catalog),
        IndexStores(workspace.every_index),
        SignInStore(workspace.data_dir.access),
        HistoryStore(workspace.data_dir.analyses, sealing=SealedTexts(recorder)),
        RepeatingFolder("orchestration", root / "prefect"),
        RepeatingFolder("model-server", root / MODEL_FOLDER),
        RepeatingFolder("cache", root / "cache"),
    ]
    reach = Reach(
        data_dir=root,
        documents=workspace.erasable(subject=subject),
        stores=stores,
        retention=retention,
        beyond=_BEYOND,
    )
    return Eraser(recorder, reach, clock=workspace.clock)


def export_held(
    workspace: Workspace, recorder: EvidenceRecorder, *, identity: str, names: Sequence[str], out: Path, subject: str
) -> int:
    """Write what is held of a person, logged first; return how many entries there are."""
    person = recorder.people.find(identity)
    spellings = tuple(dict.fromkeys((*(person.names if person else ()), *names)))
    documents = workspace.erasable(subject=subject).naming(spellings)
    request = AccessRequest(identity=identity, names=spellings, documents=documents, subject=subject)
    signer = mark_key(workspace.data_dir.keys, name=workspace.settings.log.origin)
    return export_person(recorder, request, out=out, signer=signer)
