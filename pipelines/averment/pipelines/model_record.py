"""Says in the evidence log which models are in use, the language model and those beside it: identities, no places.

A model is logged when a process first finds it ready and the log has not named it yet in its role: the same server
seen by ten commands is one entry. What was last named stands in a small file of the data directory; a crash between
the log entry and that file leads to the entry being written again, never to a model that is not named.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.core.ports import AuditSink
from averment.core.settings import Settings
from averment.pipelines.models.configured import MODEL_FOLDER
from averment.pipelines.models.http_probe import check_serves, engine_version, served_models
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.models.quantisation import UNKNOWN, quantisation_of
from averment.pipelines.models.server_state import find_running_server
from averment.pipelines.retrieval.reranking import RerankingStep
from averment.pipelines.serving import Serving

Role = Literal["language", "embedder", "sparse", "reranker", "verifier"]
FILE_NAME: Final = "model-named.json"
_SUBJECT: Final = "system"
_PROBE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model that is ready. `run` tells one start of its server, or one endpoint, from another.

    An endpoint does not tell how its weights are kept.
    """

    run: str
    model: str
    revision: str | None
    weights_digest: str | None
    engine: str | None
    engine_version: str | None
    profile_digest: str
    arguments_digest: str | None
    quantisation: str = UNKNOWN
    adapter: str | None = None
    adapter_digest: str | None = None


def loaded_model(settings: Settings, profile: ModelProfile) -> LoadedModel | None:
    """Return the model that the settings lead to, or None where none is ready.

    A configured endpoint is asked whether it serves the model, and for the version of its engine.

    Args:
        settings: Name the endpoint, or the data directory where a running server leaves its facts.
        profile: The profile the model runs under.
    """
    if settings.model.endpoint:
        return _at_endpoint(settings, settings.model.endpoint, profile)
    server = find_running_server(settings.data_dir / MODEL_FOLDER)
    if server is None:
        return None
    return LoadedModel(
        run=f"{server.pid}.{server.started_ticks}",
        model=server.served_name,
        revision=profile.revision,
        weights_digest=server.model_digest,
        engine=server.engine,
        engine_version=server.engine_version,
        profile_digest=profile.digest,
        arguments_digest=server.arguments_digest,
        quantisation=quantisation_of(Path(server.model_path), arguments=profile.vllm.arguments),
        **_adapter(profile),
    )


def record_model(found: LoadedModel, folder: Path, *, audit: AuditSink) -> bool:
    """Log a language model as loaded unless it is the one named last; tell whether it was logged.

    Args:
        found: The model.
        folder: The data directory.
        audit: The evidence log.
    """
    facts = {name: value for name, value in asdict(found).items() if name != "run"}
    return _record("language", facts, known_by=sha256_id(canonical_json(found)), path=folder / FILE_NAME, audit=audit)


def record_encoders(found: Mapping[Role, str | None], folder: Path, *, audit: AuditSink) -> int:
    """Log the models beside the language model unless they are those named last; return how many were logged.

    Args:
        found: Name and digest of the model in each role (`all-MiniLM-L6-v2@sha256:7bf307814c493c49`); None for none.
        folder: The data directory.
        audit: The evidence log.
    """
    named = [(role, model) for role, model in found.items() if model is not None]
    return sum(
        _record(role, {"model": model}, known_by=model, path=folder / FILE_NAME, audit=audit) for role, model in named
    )


def record_serving(serving: Serving, reranking: RerankingStep | None, *, folder: Path, audit: AuditSink) -> None:
    """Log the models that search works with unless they are those named last.

    Args:
        serving: The index that answers, with its encoders.
        reranking: What reranks, if anything.
        folder: The data directory.
        audit: The evidence log.
    """
    found: dict[Role, str | None] = {
        "embedder": serving.embedder.model_id,
        "sparse": serving.learned.model_id if serving.learned else None,
        "reranker": reranking.reranker.model_id if reranking else None,
    }
    record_encoders(found, folder, audit=audit)


def _record(role: Role, facts: Mapping[str, EventValue], *, known_by: str, path: Path, audit: AuditSink) -> bool:
    named = _read(path)
    if named.get(role) == known_by:
        return False
    audit.append(AuditEvent(type=EventType.MODEL_LOADED, subject=_SUBJECT, data={"role": role, **facts}))
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(json.dumps({"named": named | {role: known_by}}), encoding="utf-8")
    partial.replace(path)
    return True


def _at_endpoint(settings: Settings, endpoint: str, profile: ModelProfile) -> LoadedModel | None:
    key = settings.model.api_key.get_secret_value() if settings.model.api_key else None
    try:
        served = served_models(endpoint, api_key=key, timeout_s=_PROBE_S)
        check_serves(served, profile, base_url=endpoint)
    except (ModelUnavailable, ConfigurationError):
        return None  # whoever asks it a question is told why
    version = engine_version(endpoint, timeout_s=_PROBE_S) if profile.dialect == "vllm" else None
    return LoadedModel(
        run=sha256_id(endpoint.encode()),
        model=profile.adapter.base if profile.adapter is not None else profile.served_name,
        revision=profile.revision,
        weights_digest=None,
        engine="vllm" if version else None,
        engine_version=version,
        profile_digest=profile.digest,
        arguments_digest=None,
        **_adapter(profile),
    )


def _adapter(profile: ModelProfile) -> dict[str, str]:
    """Return name and digest of the adapter that answers, if one does."""
    return {} if profile.adapter is None else {"adapter": profile.served_name, "adapter_digest": profile.adapter.digest}


def _read(path: Path) -> dict[str, str]:
    """Return what was last named, by role; nothing where the file is absent, damaged, or of another form."""
    try:
        named = json.loads(path.read_text(encoding="utf-8"))["named"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {str(role): str(known_by) for role, known_by in named.items()} if isinstance(named, dict) else {}
