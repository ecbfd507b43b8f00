"""Reads vLLM's log: which stage a start has reached, and why a server ended. Never passes on more than that.

Before the first request the log holds no content. What is passed on afterwards is only the kind of error.
"""

import re
from pathlib import Path
from typing import Final

_TAIL_BYTES: Final = 65_536
_STAGES: Final = (
    ("Application startup complete", "listening"),
    ("Starting vLLM server", "listening"),
    ("init engine", "starting the API"),
    ("KV cache size", "reserving the cache"),
    ("Loading weights took", "preparing the engine"),
    ("Starting to load model", "loading weights"),
    ("Initializing a V1 LLM engine", "starting the engine"),
    ("Resolved architecture", "starting the engine"),
    ("non-default args", "reading the model's configuration"),
)
_ERROR: Final = re.compile(r"(?:^|\s)(?:[A-Za-z_]+\.)*([A-Z][A-Za-z]*(?:Error|Exception)): (.*)$")
_WRAPPERS: Final = ("Engine core initialization failed", "EngineCore encountered an issue", "cancelled")
_SIGNALS: Final = {
    "-4": "the processor refused an instruction (SIGILL)",
    "-9": "it was killed, as for lack of memory (SIGKILL)",
    "-11": "it accessed memory it must not (SIGSEGV)",
}
_EXIT_CODE: Final = re.compile(r"exit code: (-\d+)")


def last_stage(log_path: Path) -> str:
    """Return the stage the log has reached, in plain words."""
    text = _tail(log_path)
    return next((stage for mark, stage in _STAGES if mark in text), "loading libraries")


def explain_end(log_path: Path) -> str:
    """Return the last error of a start in one line: the most specific one, at most 300 characters."""
    text = _tail(log_path)
    found = _EXIT_CODE.findall(text)
    if found and found[-1] in _SIGNALS:
        return _SIGNALS[found[-1]]
    if "Application startup complete" in text or "Starting vLLM server" in text:
        kinds = [match[1] for match in map(_ERROR.search, text.splitlines()) if match]
        return kinds[-1] if kinds else "no error was logged"
    errors = [f"{match[1]}: {match[2]}" for match in map(_ERROR.search, text.splitlines()) if match]
    specific = [line for line in errors if not any(wrapper in line for wrapper in _WRAPPERS)]
    chosen = (specific or errors or ["no error was logged"])[-1]
    return chosen[:300]


def _tail(log_path: Path) -> str:
    try:
        with log_path.open("rb") as stream:
            stream.seek(max(0, log_path.stat().st_size - _TAIL_BYTES))
            return stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
