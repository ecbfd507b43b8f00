"""A running `averment serve`, driven as a user drives it: started, found by the address it announces, stopped."""

import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.installation import Installation

START_S = 300
STOP_S = 60


@dataclass
class Served:
    """A service: its process, where it listens, and what it has written to stderr."""

    process: "subprocess.Popen[str]"
    url: str
    key: str
    lines: list[str]

    def client(self, *, key: str | None = None) -> httpx.Client:
        """Return an HTTP client that holds the key, or another one."""
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=120, trust_env=False)

    def openai(self, *, key: str | None = None) -> Any:
        """Return an OpenAI client."""
        import openai

        return openai.OpenAI(
            base_url=f"{self.url}/v1", api_key=self.key if key is None else key, max_retries=0, timeout=120,
            http_client=openai.DefaultHttpxClient(trust_env=False, timeout=120),
        )  # fmt: skip

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit code and how long the end took, seconds."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=STOP_S)
        return code, time.monotonic() - began


@contextmanager
def serving(installation: Installation, *, port: int = 0) -> Iterator[Served]:
    """Start the service, on a free port unless one is given, and wait until it listens."""
    process = installation.start("serve", "--port", str(port))
    lines: list[str] = []
    try:
        url = _address(process, lines)
        key = (installation.root / ".averment" / "keys" / "api-key").read_text(encoding="ascii").strip()
        yield Served(process, url, key, lines)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _address(process: "subprocess.Popen[str]", lines: list[str]) -> str:
    found = threading.Event()
    addresses: list[str] = []

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            if match := re.search(r"serving on (http://\S+)", line):
                addresses.append(match.group(1))
                found.set()
        found.set()

    threading.Thread(target=read, daemon=True).start()
    assert found.wait(START_S), "the service did not announce an address in time"
    assert addresses, "the service ended: " + "".join(lines)[-4000:]
    return addresses[0]
