"""The file by which other commands find a running model server, and how a stale one is told from a live one.

`model/server.json` in the data directory holds the port and the key of that run, readable by its owner only.
"""

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

_FILE: Final = "server.json"
_SCHEMA_VERSION: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """A model server that answered its warm-up.

    `started_ticks` tells its process from a later one of equal id; `arguments_digest` covers the engine's command line
    without what differs from machine to machine (`vllm_command.arguments_digest`).
    """

    pid: int
    started_ticks: int
    port: int
    profile: str
    served_name: str
    model_path: str
    model_digest: str | None
    gpu: bool
    context_tokens: int
    log_path: str
    startup_s: float
    engine: str
    engine_version: str
    arguments_digest: str
    api_key: str = field(repr=False)

    @property
    def base_url(self) -> str:
        """URL of the OpenAI-compatible API, with `/v1`."""
        return f"http://127.0.0.1:{self.port}/v1"


def write_state(folder: Path, server: RunningServer) -> None:
    """Write the state file, whole or not at all, readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{_FILE}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"schema_version": _SCHEMA_VERSION, **asdict(server)}, stream, indent=2)
    fresh.replace(folder / _FILE)


def find_running_server(folder: Path) -> RunningServer | None:
    """Return the server that runs on this data directory, or None; a stale or foreign file is removed."""
    path = folder / _FILE
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        version = state.pop("schema_version")
        server = RunningServer(**state)
        is_alive = version == _SCHEMA_VERSION and process_started_ticks(int(server.pid)) == server.started_ticks
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        is_alive = False
    if is_alive:
        return server
    remove_state(folder)
    return None


def remove_state(folder: Path) -> None:
    """Remove the state file; one that is absent is no error."""
    with contextlib.suppress(FileNotFoundError):
        (folder / _FILE).unlink()


def process_started_ticks(pid: int) -> int | None:
    """Return when a living process started, in clock ticks since boot; None for one that has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command stands in parentheses and may hold anything, spaces and parentheses included.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])
