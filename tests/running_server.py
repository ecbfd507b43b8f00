"""The facts a model server leaves about itself, for tests that need one to be found: this process stands in for it."""

import os
from dataclasses import replace
from typing import Any, Final

from averment.pipelines.models.server_state import RunningServer, process_started_ticks

DIGEST: Final = "sha256:" + "0" * 64


def running_server(**changes: Any) -> RunningServer:
    """Return the facts of a server that runs; fields given replace the usual ones."""
    usual = RunningServer(
        pid=os.getpid(),
        started_ticks=process_started_ticks(os.getpid()) or 0,
        port=1,
        profile="smollm2-135m",
        served_name="smollm2-135m",
        model_path="/m",
        model_digest=None,
        gpu=False,
        context_tokens=4096,
        log_path="/l",
        startup_s=1.0,
        engine="vllm_cpu",
        engine_version="0.32.0",
        arguments_digest=DIGEST,
        api_key="k",
    )
    return replace(usual, **changes)
