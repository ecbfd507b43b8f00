"""What the running system knows of itself, as plain values: the port through which other areas' facts come in.

The command line and the service gather them; here they are written into a file named by its own digest, so that what
a document says from them can be traced to bytes. No secret, no address and no path of a home stands in them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from averment.compliance.documents.filled import FileEvidence, Part, Software
from averment.compliance.log.durable import DurableFolder
from averment.core.ids import sha256_id

FACTS_FOLDER: Final = "facts"
SupplierStatus = Literal["supplied", "derived", "not_supplied"]


class SupplierFact(Part):
    """One Annex XII fact as the model profile has it; `text` is empty where it was not supplied."""

    status: SupplierStatus
    text: str = ""


class ModelFacts(Part):
    """The language model by its profile. `is_used` tells whether the settings let it answer; memory is in GiB."""

    profile: str
    title: str
    repository: str = ""
    revision: str = ""
    is_verified: bool
    is_used: bool
    placement: str
    context_tokens: int
    digest: str
    licence: str
    gpu_gib: str = ""
    cpu_gib: str = ""
    adapter: str = ""
    supplier: str
    annex_xii: Mapping[str, SupplierFact]


class ComponentFacts(Part):
    """Another part that computes: what it does, its name, and its digest where one is known."""

    role: str
    name: str
    digest: str = ""


class ConnectorFacts(Part):
    """A source of documents: its name, its kind, how many groups may read from it, its classification."""

    name: str
    kind: str
    readers: int
    classification: str


class EvaluationFacts(Part):
    """An evaluation's result: the file, what was measured, when, and the figures as text.

    `data` is the digest of what it was measured on; `signed_by` is empty where nobody signed whose signature counts,
    and `signature_problem` says why a signature does not.
    """

    file: FileEvidence
    kind: str
    created: str
    data: str = ""
    figures: tuple[tuple[str, str, str], ...] = ()
    signed_by: str = ""
    signed_on: str = ""
    signature_problem: str = ""


class DecisionFacts(Part):
    """A design decision on record."""

    file: FileEvidence
    title: str


class MachineFacts(Part):
    """The machine the document was made on. Memory in GiB, whole."""

    processor: str
    threads: int
    memory_gib: int
    has_gpu: bool
    system: str


class SystemFacts(Part):
    """Everything the running system says of itself.

    `settings` are values by name (`retrieval.top_k`); `prompts` and `lockfiles` are files; `packages` are versions by
    name; `interfaces` are the ways in: commands and routes.
    """

    software: Software
    machine: MachineFacts
    model: ModelFacts | None
    components: tuple[ComponentFacts, ...]
    connectors: tuple[ConnectorFacts, ...]
    prompts: tuple[FileEvidence, ...]
    settings: Mapping[str, str]
    packages: Mapping[str, str]
    lockfiles: tuple[FileEvidence, ...]
    evaluations: tuple[EvaluationFacts, ...]
    decisions: tuple[DecisionFacts, ...]
    commands: tuple[str, ...]
    routes: tuple[str, ...]
    media_types: tuple[str, ...]


def keep_facts(facts: SystemFacts, folder: Path) -> FileEvidence:
    """Write the facts into the folder `compliance/`, under their digest, and return what cites them.

    Args:
        facts: What the system says of itself.
        folder: The folder `compliance/` of the data directory; equal facts are one file.
    """
    content = (facts.model_dump_json(indent=1) + "\n").encode()
    digest = sha256_id(content)
    path = f"{FACTS_FOLDER}/{digest.removeprefix('sha256:')[:16]}.json"
    if not (folder / path).is_file():
        DurableFolder(folder, folder / "tmp").write({path: content})
    return FileEvidence(place="compliance", path=path, sha256=digest)


def fingerprints(facts: SystemFacts) -> Mapping[str, str]:
    """Return what documents must keep up with, by name: software, model, prompts, settings, sources, evaluations."""
    found: dict[str, str] = {"software": facts.software.digest}
    if facts.model is not None and facts.model.is_used:
        found["model"] = f"{facts.model.profile} {facts.model.digest}"
    found |= {f"component/{part.role}": f"{part.name} {part.digest}".strip() for part in facts.components}
    found |= {f"prompt/{prompt.path.rpartition('/')[2]}": prompt.sha256 for prompt in facts.prompts}
    found |= {f"setting/{name}": value for name, value in facts.settings.items()}
    found |= {f"connector/{source.name}": f"{source.kind} {source.classification}" for source in facts.connectors}
    found |= {f"evaluation/{run.file.path}": run.file.sha256 for run in facts.evaluations}
    return found
