"""Gathers what the running system knows of itself for documents: the one place that looks into the other areas.

No secret and no address stands in the facts: of URLs and paths they say whether they are set.
"""

import importlib.metadata
import os
import platform
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from pydantic import BaseModel, SecretStr

from averment.compliance.documents.approvals import SIGNERS_FILE, read_signers
from averment.compliance.documents.evaluations import read_evaluation
from averment.compliance.documents.evidence import file_digest
from averment.compliance.documents.facts import (
    ComponentFacts,
    ConnectorFacts,
    DecisionFacts,
    MachineFacts,
    ModelFacts,
    SupplierFact,
    SystemFacts,
)
from averment.compliance.documents.filled import FileEvidence, Software
from averment.compliance.documents.report import Installation
from averment.compliance.exports.ml_bom import Library
from averment.compliance.system_identity import running_system
from averment.core.data_dir import COMPLIANCE_FOLDER
from averment.core.errors import ConfigurationError
from averment.core.settings import Settings
from averment.core.settings_file import LoadedSettings
from averment.pipelines.ingestion import media_types
from averment.pipelines.models.configured import profile_of
from averment.pipelines.models.machine import has_gpu
from averment.pipelines.models.profiles import ANNEX_XII, ModelProfile
from averment.service.identity.routes import RULES

_PROMPTS: Final = "pipelines/reasoning/prompts"
_PACKAGES: Final = (
    "cryptography", "fastapi", "haystack-ai", "liteparse", "onnxruntime", "prefect", "pydantic", "qdrant-client",
    "qdrant-edge-py", "sentence-transformers", "sqlalchemy", "torch", "transformers", "unstructured", "vllm",
)  # fmt: skip
# What they hold names the installation or its places, not what it does.
_UNSAID: Final = ("data_dir", "tenant", "sources", "report")
_ADDRESSES: Final = ("url", "endpoint", "otlp_endpoint", "replicas", "issuer", "public_url")


def installation_of(loaded: LoadedSettings) -> Installation:
    """Return where the parts of documents lie."""
    import averment

    settings = loaded.settings
    named = [*settings.report.evaluations, *settings.report.lockfiles]
    folders = [path.parent for path in named] + ([settings.report.decisions] if settings.report.decisions else [])
    return Installation(
        evidence_dir=settings.data_dir / "evidence",
        folder=settings.data_dir / COMPLIANCE_FOLDER,
        software=tuple(Path(root) for root in averment.__path__),
        files=tuple(dict.fromkeys([loaded.root, *folders])),
    )


def gather_facts(loaded: LoadedSettings, *, commands: Sequence[str]) -> SystemFacts:
    """Read what the running system says of itself.

    Args:
        loaded: The settings in force.
        commands: The commands of the command line.

    Raises:
        ConfigurationError: A file that the settings name cannot be read.
    """
    settings = loaded.settings
    profile = profile_of(settings)
    identity = running_system()
    report = settings.report
    signers = read_signers(settings.data_dir / COMPLIANCE_FOLDER / SIGNERS_FILE)
    decisions = sorted(report.decisions.glob("[0-9]*.md")) if report.decisions else []
    return SystemFacts(
        software=Software(version=identity.version, digest=identity.digest),
        machine=_machine(),
        model=_model(profile, is_used=settings.model.enabled),
        components=tuple(_components(settings)),
        connectors=tuple(
            ConnectorFacts(
                name=source.name, kind="filesystem", readers=len(source.readers), classification=source.classification
            )
            for source in settings.sources
        ),
        prompts=tuple(_prompts()),
        settings=dict(sorted(_values(settings, ""))),
        packages={name: found for name in _PACKAGES if (found := _version(name))},
        lockfiles=tuple(_cite(path, loaded.root) for path in report.lockfiles),
        evaluations=tuple(
            read_evaluation(path, _cite(path, loaded.root), signers=signers) for path in report.evaluations
        ),
        decisions=tuple(DecisionFacts(file=_cite(path, loaded.root), title=_title(path)) for path in decisions),
        commands=tuple(sorted(commands)),
        routes=tuple(sorted(RULES)),
        media_types=tuple(sorted(media_types.SUPPORTED)),
    )


def installed_libraries() -> tuple[Library, ...]:
    """Name the libraries beside the program."""
    found = importlib.metadata.distributions()
    return tuple(Library(name=item.name, version=item.version) for item in found if item.name != "averment")


def _machine() -> MachineFacts:
    pages, page_bytes = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return MachineFacts(
        processor=platform.machine(),
        threads=os.cpu_count() or 1,
        memory_gib=round(pages * page_bytes / 1024**3),
        has_gpu=has_gpu(),
        system=f"{platform.system()}, Python {platform.python_version()}",
    )


def _model(profile: ModelProfile, *, is_used: bool) -> ModelFacts:
    facts = {field: profile.supplier.fact(field) for field in ANNEX_XII}
    return ModelFacts(
        profile=profile.name,
        title=profile.title,
        repository=profile.repository or "",
        revision=profile.revision or "",
        is_verified=profile.verified,
        is_used=is_used,
        placement=profile.placement,
        context_tokens=profile.context_tokens,
        digest=profile.digest,
        licence=profile.licence.id,
        gpu_gib="" if profile.memory.gpu_gib is None else f"{profile.memory.gpu_gib:g}",
        cpu_gib="" if profile.memory.cpu_gib is None else f"{profile.memory.cpu_gib:g}",
        adapter=profile.served_name if profile.adapter is not None else "",
        supplier=profile.supplier.name,
        annex_xii={field: SupplierFact(status=fact.status, text=fact.text or "") for field, fact in facts.items()},
    )


def _components(settings: Settings) -> Iterator[ComponentFacts]:
    embedding, index = settings.embedding, settings.index
    name = embedding.model_path.name if embedding.model_path else "all-MiniLM-L6-v2 (packaged)"
    yield ComponentFacts(role="embedder", name=name)
    yield ComponentFacts(role="index", name=f"Qdrant {index.backend}, {index.quantization} copies of vectors")
    for role, path in (
        ("sparse encoder", settings.retrieval.sparse_encoder_path),
        ("reranker", settings.reranking.model_path),
        ("verifier", settings.verification.model_path),
        ("calibration", settings.reasoning.calibration_path),
        ("trust record", settings.model.trust_path),
    ):
        if path is not None:
            digest = file_digest(path) if path.is_file() else ""
            yield ComponentFacts(role=role, name=path.name, digest=digest)


def _prompts() -> Iterator[FileEvidence]:
    folder = Path(str(files("averment.pipelines.reasoning") / "prompts"))
    for path in sorted(folder.glob("*.j2")):
        yield FileEvidence(place="software", path=f"{_PROMPTS}/{path.name}", sha256=file_digest(path))


def _values(section: BaseModel, prefix: str) -> Iterator[tuple[str, str]]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if not prefix and name in _UNSAID:
            continue
        if isinstance(value, BaseModel):
            yield from _values(value, f"{prefix}{name}.")
        elif isinstance(value, Path | SecretStr) or name in _ADDRESSES:
            yield f"{prefix}{name}", "set" if value else "not set"
        elif value is None or (isinstance(value, tuple) and value and isinstance(value[0], BaseModel)):
            yield f"{prefix}{name}", "not set" if value is None else f"{len(value)} set"
        else:
            yield f"{prefix}{name}", ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _cite(path: Path, root: Path) -> FileEvidence:
    try:
        shown = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
        return FileEvidence(place="installation", path=shown.as_posix(), sha256=file_digest(path))
    except OSError as error:
        raise ConfigurationError(
            f"the file {str(path)!r} that the settings name cannot be read: {error.strerror}",
            hint="correct the section report of the settings",
        ) from error


def _title(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.lstrip("# ").strip() or path.stem
