"""The few requests that tell whether a model server is up and which model it serves, and that warm it.

Standard library only, and without proxies from the environment.
"""

import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Final

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.models.request import WARM_UP_MESSAGES, WARM_UP_SCHEMA, CallRequest, request_body
from averment.pipelines.models.vllm_command import LOOPBACK

_SHORT_S: Final = 5.0
_LONG_S: Final = 30.0
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")


def get_health(port: int) -> bool:
    """Tell whether the server answers on `/health`."""
    try:
        with open_url(f"http://{LOOPBACK}:{port}/health", timeout_s=_SHORT_S) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def served_models(base_url: str, *, api_key: str | None, timeout_s: float = _LONG_S) -> dict[str, str | None]:
    """Return the names of the models an endpoint serves, each with the model that it is an adapter of, if any.

    Args:
        base_url: The endpoint, with `/v1`.
        api_key: Its key, if it wants one.
        timeout_s: Longest wait, seconds.

    Raises:
        ModelUnavailable: It does not answer as an OpenAI-compatible server does.
        ConfigurationError: It refuses the key.
    """
    try:
        with open_url(f"{base_url}/models", timeout_s=timeout_s, api_key=api_key) as response:
            return {str(row["id"]): _parent(row) for row in json.load(response)["data"]}
    except urllib.error.HTTPError as error:
        if error.code in {401, 403}:
            raise ConfigurationError(
                f"the model endpoint {base_url!r} refused the key (status {error.code})", hint="set model.api_key"
            ) from error
        raise ModelUnavailable(f"the model endpoint {base_url!r} failed (status {error.code})") from error
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
        reason = type(getattr(error, "reason", error)).__name__
        raise ModelUnavailable(
            f"the model endpoint {base_url!r} cannot be reached or does not name its models ({reason})",
            hint="start it with `averment model serve`, or correct model.endpoint",
        ) from error


def check_serves(served: Mapping[str, str | None], profile: ModelProfile, *, base_url: str) -> None:
    """Check that an endpoint serves the profile's model, or its adapter as one of that model.

    Args:
        served: What `served_models` returned.
        profile: What is asked for.
        base_url: The endpoint, for the message.

    Raises:
        ConfigurationError: It does not.
    """
    if profile.served_name not in served:
        raise ConfigurationError(
            f"the model endpoint {base_url!r} serves {sorted(served)},"
            f" but profile {profile.name!r} asks for {profile.served_name!r}",
            hint="set model.profile and model.adapter to what is served, or serve what is configured",
        )
    parent = served[profile.served_name]
    if profile.adapter is not None and profile.dialect == "vllm" and parent != profile.adapter.base:
        raise ConfigurationError(
            f"the model endpoint {base_url!r} serves {profile.served_name!r} as an adapter of {parent!r},"
            f" expected one of {profile.adapter.base!r}",
            hint="serve the adapter with the model of model.profile",
        )


def _parent(row: Mapping[str, object]) -> str | None:
    parent = row.get("parent")
    return parent if isinstance(parent, str) else None


def engine_version(base_url: str, *, timeout_s: float = _SHORT_S) -> str | None:
    """Return the version that a vLLM server states of itself beside its API; None where it states none."""
    try:
        with open_url(f"{base_url.rstrip('/').removesuffix('/v1')}/version", timeout_s=timeout_s) as response:
            version = json.load(response)["version"]
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        return None
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else None


def warm_up(profile: ModelProfile, *, port: int, api_key: str, timeout_s: float) -> None:
    """Send one small request bound to a schema; the first of its kind compiles what later ones reuse.

    Raises:
        ModelUnavailable: The server fails or does not follow the schema.
    """
    call = CallRequest(
        messages=WARM_UP_MESSAGES, schema=WARM_UP_SCHEMA, max_tokens=16, seed=0, purpose="warm_up", thinking=False
    )
    body = {"model": profile.served_name, **request_body(profile, call)}
    url = f"http://{LOOPBACK}:{port}/v1/chat/completions"
    try:
        with open_url(url, timeout_s=timeout_s, api_key=api_key, body=body) as response:
            content = json.load(response)["choices"][0]["message"]["content"]
            ready = json.loads(content)["ready"]
    except (OSError, ValueError, KeyError, TypeError, IndexError, http.client.HTTPException) as error:
        raise ModelUnavailable(f"the server on port {port} failed its warm-up ({type(error).__name__})") from error
    if not isinstance(ready, bool):
        raise ModelUnavailable(f"the server on port {port} does not bind its output to a schema")


def open_url(
    url: str, *, timeout_s: float, api_key: str | None = None, body: Mapping[str, object] | None = None
) -> "urllib.response.addinfourl":
    """Open a URL of a model server, with a JSON body as POST.

    Args:
        url: The whole URL, of a scheme and host that whoever configured it checked.
        timeout_s: Longest wait for each step of the exchange, seconds.
        api_key: The server's key, if it wants one.
        body: What to send; a GET when absent.
    """
    headers = {"Content-Type": "application/json"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    data = None if body is None else json.dumps(body).encode("utf-8")
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - checked by who configured it
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    response: urllib.response.addinfourl = opener.open(request, timeout=timeout_s)
    return response
