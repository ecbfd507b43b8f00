"""poppler as an independent reader of PDFs: its program `pdftotext`, run by a helper process.

Parser processes may not start programs. So each starts one helper before it is confined, which may start programs but
neither reach the network nor write files, and with it whatever it starts; the helper ends with the process it serves.
"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from typing import IO, Final

from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.confinement import confine
from averment.pipelines.ingestion.partition_frames import receive, send

_PROGRAM: Final = "pdftotext"
_SECONDS: Final = 120
_MEMORY_BYTES: Final = 4 << 30
_DONE: Final = b"+"
_FAILED: Final = b"-"


@cache
def start_helper() -> "subprocess.Popen[bytes]":
    """Start the helper of this process; a second call returns the first one's."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "averment.pipelines.ingestion.poppler"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def read_by_poppler(content: bytes, *, password: str | None = None) -> list[str]:
    """Return the text of every page as poppler's `pdftotext` reads it.

    Raises:
        PartitionFailed: It is not installed, or fails on the file.
    """
    if shutil.which(_PROGRAM) is None:
        raise PartitionFailed(
            f"parsing.poppler asks for a reading by poppler, but {_PROGRAM} is not installed",
            hint="install the Debian package poppler-utils, or switch parsing.poppler off",
        )
    answer = _ask(content, password or "")
    if answer[:1] != _DONE:
        raise PartitionFailed(
            f"poppler could not read the PDF ({answer[1:].decode('ascii', 'replace') or 'its process ended'})",
            hint="switch parsing.poppler off for it",
        )
    return answer[1:].decode("utf-8", errors="replace").split("\f")


def _ask(content: bytes, password: str) -> bytes:
    helper = start_helper()
    if helper.stdin is None or helper.stdout is None:
        return _FAILED
    try:
        send(helper.stdin, password.encode())
        send(helper.stdin, content)
        return receive(helper.stdout) or _FAILED
    except OSError:
        return _FAILED


def serve(requests: IO[bytes], answers: IO[bytes], *, program: Sequence[str] = (_PROGRAM,)) -> None:
    """Run a program for each request, a password and a PDF, until there are no more.

    Which program is not asked for: whoever asks may be a process that a document has taken over.
    """
    while (password := receive(requests)) is not None and (content := receive(requests)) is not None:
        secret = ("-upw", password.decode("utf-8", "replace")) if password else ()
        send(answers, _run([*program, "-enc", "UTF-8", *secret, "-", "-"], content))


def _run(command: list[str], content: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        return _FAILED + type(error).__name__.encode()
    return _DONE + done.stdout


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    confine(scratch=None, allows_programs=True)
    serve(sys.stdin.buffer, sys.stdout.buffer)
