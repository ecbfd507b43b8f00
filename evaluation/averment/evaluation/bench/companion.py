"""A baseline in a process of its own, asked again and again: a line of JSON in, a line of JSON out.

It loads what it needs once, so that its rounds can alternate with ours. Libraries print as they like: answers come on
a stream that the program takes aside before it imports any.
"""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from averment.core.errors import ConfigurationError


class Companion:
    """A running baseline program.

    Args:
        command: Interpreter, program and arguments.
        complaints: File that takes what it writes to standard error.
        environment: Variables beside those of this process; PYTHONPATH is left out, it is ours.

    Raises:
        ConfigurationError: The program cannot be started.
    """

    def __init__(
        self, command: Sequence[str], *, complaints: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = list(command)
        self._complaints = complaints
        inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        complaints.parent.mkdir(parents=True, exist_ok=True)
        try:
            with complaints.open("wb") as errors:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env={**inherited, **(environment or {})},
                    text=True,
                )
        except OSError as error:
            raise ConfigurationError(f"the baseline program {command[0]!r} cannot be started: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, request: Mapping[str, object]) -> dict[str, object]:
        """Send a request and wait for the answer.

        Raises:
            ConfigurationError: The program ended or answered no JSON object; its last words are in the message.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        except (BrokenPipeError, ValueError) as error:
            raise self._failure() from error
        if not isinstance(answer, dict):
            raise self._failure()
        return answer

    def seconds(self, request: Mapping[str, object]) -> float:
        """Send a request and return the `seconds` of its answer."""
        taken = self.ask(request).get("seconds")
        if not isinstance(taken, int | float):
            raise self._failure()
        return float(taken)

    def close(self) -> None:
        """End the program and wait for its end."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _failure(self) -> ConfigurationError:
        words = self._complaints.read_text("utf-8", "replace").strip().splitlines() or ["no word"]
        return ConfigurationError(
            f"the baseline program {Path(self._command[-1]).name!r} gave no answer: {words[-1]}",
            hint=f"see {str(self._complaints)!r}",
        )
