"""Runs one server and ends it, with everything it started, when it is told to or when its owner is gone.

Run as a file with the owner's process id and the command; standard library only, so that it starts at once:
`python -I -S vllm_supervisor.py OWNER_PID GRACE_S COMMAND...`. The owner holds the write end of standard input:
its closing, a signal, or the owner's death ends the server. As subreaper it inherits whatever the server leaves
behind, so that nothing outlives it. The exit status is the server's.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_POLL_S = 0.5


class Stop:
    """Whether a signal asked for the end."""

    requested = False

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Take note of the signal."""
        self.requested = True


def set_death_signal(prctl: Callable[..., int]) -> Callable[[], None]:
    """Return what the child runs before it becomes the server: die when the supervisor dies."""

    def apply() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return apply


def children_of(pid: int) -> list[int]:
    """Return the process ids of the children of all threads of `pid`."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found.extend(int(part) for part in children.read_text(encoding="ascii").split())
    return found


def descendants(pid: int) -> list[int]:
    """Return every process below `pid`, nearest first."""
    found = children_of(pid)
    for child in found:
        found.extend(descendant for descendant in descendants(child) if descendant not in found)
    return found


def owner_is_gone(owner: int) -> bool:
    """Tell whether the owner died or closed our standard input; waits up to half a second for it."""
    if os.getppid() != owner:
        return True
    readable, _, _ = select.select([0], [], [], _POLL_S)
    return bool(readable) and not os.read(0, 4096)


def end(server: "subprocess.Popen[bytes]", *, grace_s: float) -> None:
    """Ask the server to stop, then kill and reap whatever is left of it and below it."""
    if server.poll() is None:
        server.terminate()
        deadline = time.monotonic() + grace_s
        while server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
    for _ in range(20):
        left = descendants(os.getpid())
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=1.0)
        reap()
        if not left:
            return
        time.sleep(0.05)


def reap() -> None:
    """Collect every child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(arguments: list[str]) -> int:
    """Run the server until it ends or has to; return its exit status."""
    owner, grace_s, command = int(arguments[0]), float(arguments[1]), arguments[2:]
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop.on_signal)
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=set_death_signal(prctl),  # noqa: PLW1509 - this process has one thread
    )
    while server.poll() is None and not stop.requested and not owner_is_gone(owner):
        pass
    end(server, grace_s=grace_s)
    status = server.returncode
    return 1 if status is None else status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
