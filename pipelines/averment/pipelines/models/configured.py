"""The language model that the settings name: its profile, folder, server and client."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from averment.core.data_dir import open_data_dir
from averment.core.errors import ConfigurationError
from averment.core.settings import Settings
from averment.pipelines.models.adapters import adapters_of, with_adapter
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.endpoint_pool import EndpointPool
from averment.pipelines.models.fetch import SMOKE_TEST, InstalledModel, ModelFetcher, model_digest
from averment.pipelines.models.fetch import list_models as list_installed
from averment.pipelines.models.profiles import ModelProfile, load_profile
from averment.pipelines.models.server_state import RunningServer, find_running_server
from averment.pipelines.models.vllm_command import ServeLimits
from averment.pipelines.models.vllm_server import ServerOptions, ServerProgress, VllmServer

MODEL_FOLDER: Final = "model"
SMOKE_SCRIPT: Final = Path("scripts/build_smoke_model.py")
Announce = Callable[[str], None]


def profile_of(settings: Settings) -> ModelProfile:
    """Return the profile that the settings name."""
    return load_profile(settings.model.profile)


def within_context(profile: ModelProfile, settings: Settings) -> ModelProfile:
    """Return the profile with a window that leaves half of the context of a server started here to everything else."""
    most = settings.model.max_context_tokens // 2
    if settings.model.endpoint or profile.window_tokens <= most:
        return profile
    return profile.model_copy(update={"window_tokens": most})


def model_path(settings: Settings, profile: ModelProfile) -> Path:
    """Return the folder the model's files are expected in."""
    return settings.model.path or settings.model.models_dir / profile.folder_name


def server_of(settings: Settings, *, announce: Announce) -> VllmServer:
    """Prepare a vLLM server for the model of the settings; it starts when entered."""
    profile = profile_of(settings)
    path = model_path(settings, profile)
    if profile.name == SMOKE_TEST:
        announce(
            "The packaged SmolLM2 has 135 million parameters: it shows that everything is connected, "
            "and cannot reason. Answers are extractive or computed by rules."
        )

    def progress(step: ServerProgress) -> None:
        announce(f"  model: {step.stage} ({step.elapsed_s:.0f} s)")

    return VllmServer(
        profile,
        environment=settings.model.vllm_environment,
        model_path=path,
        state_dir=settings.data_dir / MODEL_FOLDER,
        options=ServerOptions(
            port=settings.model.port,
            limits=ServeLimits(context_tokens=settings.model.max_context_tokens),
            model_digest=model_digest(path) if path.is_dir() else None,
            adapters=adapters_of(settings, profile),
        ),
        progress=progress,
    )


def serve_model(settings: Settings, *, announce: Announce, record: Callable[[], None]) -> None:
    """Serve the model until stopped.

    Args:
        settings: Name the model.
        announce: Told how far the start is.
        record: Names the model in the log; called once it is ready and before that is said. If it fails, the server
            ends.
    """
    open_data_dir(settings.data_dir)

    def ready(running: RunningServer) -> None:
        record()
        announce(f"ready: {running.served_name} at {running.base_url} after {running.startup_s:.0f} s; Ctrl-C stops it")

    server_of(settings, announce=announce).serve_forever(ready=ready)


def fetch_model(settings: Settings, *, name: str | None, announce: Announce) -> InstalledModel:
    """Bring a model to models_dir, the one of the settings when none is named."""
    fetcher = ModelFetcher(
        models_dir=settings.model.models_dir,
        environment=settings.model.vllm_environment,
        smoke_script=settings.model.vllm_environment.parent / SMOKE_SCRIPT,
        allow_network=settings.model.allow_download,
        progress=announce,
    )
    return fetcher.fetch(name or settings.model.profile)


def list_models(settings: Settings) -> list[InstalledModel]:
    """List the profiles and what lies in their places."""
    return list(list_installed(settings.model.models_dir))


def find_model(settings: Settings) -> OpenAIChatModel | EndpointPool | None:
    """Return a client of what is configured or of a running `averment model serve`, or None without either.

    Raises:
        ConfigurationError: Replicas are named and no endpoint, or an address is none.
    """
    if not settings.model.enabled:
        return None
    profile = with_adapter(settings, profile_of(settings))
    limits = CallLimits(timeout_s=settings.model.timeout_s)
    if settings.model.endpoint:
        return _configured(settings, profile, limits=limits)
    if settings.model.replicas:
        raise ConfigurationError("model.replicas is set, but model.endpoint is not", hint="set model.endpoint, too")
    running = find_running_server(settings.data_dir / MODEL_FOLDER)
    if running is None:
        return None
    return OpenAIChatModel(
        profile if running.profile == profile.name else with_adapter(settings, load_profile(running.profile)),
        base_url=running.base_url,
        api_key=running.api_key,
        revision=running.model_digest,
        limits=limits,
    )


def _configured(settings: Settings, profile: ModelProfile, *, limits: CallLimits) -> OpenAIChatModel | EndpointPool:
    """Return a client of the endpoint of the settings, or of it and its replicas."""
    key = settings.model.api_key.get_secret_value() if settings.model.api_key else None
    addresses = tuple(dict.fromkeys((settings.model.endpoint or "", *settings.model.replicas)))
    if len(addresses) == 1:
        return OpenAIChatModel(profile, base_url=addresses[0], api_key=key, limits=limits)
    # The pool tries again; a member that did so, too, would keep a request from the others.
    once, salt_key = replace(limits, retries=0), secrets.token_bytes(32)
    members = [
        OpenAIChatModel(profile, base_url=address, api_key=key, limits=once, salt_key=salt_key) for address in addresses
    ]
    return EndpointPool(members, limits=limits)
