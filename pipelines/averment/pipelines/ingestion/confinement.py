"""What a parser process may not do, enforced by the kernel: reach the network, start programs, write files
outside a scratch folder of its own.

Linux only: a seccomp filter refuses the system calls, Landlock refuses writing to the file system; both last until
the process ends and cannot be taken back by it. Where the kernel lacks one of them the process runs without it, and
`confine` says what is in force. Python's own ways to connect are closed everywhere.

What this does not do: it does not hide files from being read. A parser has no way to send or keep what it reads,
except in its answer, which is checked for documents only.
"""

import ctypes
import os
import platform
import socket
import subprocess
import sys
import tempfile
from typing import Final, Literal, NoReturn

Barrier = Literal["network", "programs", "files"]
BARRIERS: Final[tuple[Barrier, ...]] = ("network", "programs", "files")

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_LOAD: Final = 0x20
_JUMP_EQUAL: Final = 0x15
_JUMP_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13  # the call fails with EACCES
_X32_BIT: Final = 0x40000000
# Architecture as the kernel names it, then the numbers of: socket, connect, execve, execveat, ptrace, io_uring_setup.
_CALLS: Final[dict[str, tuple[int, tuple[int, ...]]]] = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 425)),
}
_STARTING: Final = (2, 3)
_LANDLOCK_CREATE: Final = 444
_LANDLOCK_ADD: Final = 445
_LANDLOCK_RESTRICT: Final = 446
_LANDLOCK_VERSION: Final = 1
_WRITE_FILE: Final = 1 << 1
# Write, remove, make files of every kind; then what later versions of Landlock know: refer (2), truncate (3).
_WRITING: Final = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
_PROBE: Final = """
import socket, subprocess, sys
from averment.pipelines.ingestion import confinement
real = socket.socket
confinement.confine(scratch=sys.argv[2])
def holds(work):
    try:
        work()
    except OSError:
        return True
    return False
found = {
    "network": holds(lambda: real(socket.AF_INET, socket.SOCK_STREAM)),
    "programs": holds(lambda: subprocess.run([sys.executable, "-c", ""], check=False)),
    "files": holds(lambda: open(sys.argv[1], "wb").close()),
}
open(sys.argv[2] + "/scratch", "wb").close()
print(" ".join(name for name, value in found.items() if value))
"""


class _Filter(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filters", ctypes.POINTER(_Filter)))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def confine(*, scratch: str | None = None, allows_programs: bool = False) -> frozenset[Barrier]:
    """Confine this process for the rest of its life; return what the kernel enforces from now on.

    Args:
        scratch: The one folder that may be written to.
        allows_programs: Whether programs may be started; they are confined as this process is.
    """
    socket.socket.connect = _refuse  # type: ignore[method-assign] # a parser has nothing to fetch
    socket.getaddrinfo = _refuse
    if not sys.platform.startswith("linux"):
        return frozenset()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return frozenset()
    barriers: set[Barrier] = set()
    if _shut_files(libc, scratch):
        barriers.add("files")
    if _shut_calls(libc, allows_programs=allows_programs):
        barriers.update(("network",) if allows_programs else ("network", "programs"))
    return frozenset(barriers)


def probe(target: str = "/dev/shm/averment-probe") -> frozenset[Barrier]:  # noqa: S108 - must be a place one can write
    """Start a process, confine it, let it try, and return what was refused to it.

    Args:
        target: A file that this user could write; it is written where nothing prevents it.
    """
    with tempfile.TemporaryDirectory() as scratch:
        found = subprocess.run(
            [sys.executable, "-P", "-c", _PROBE, target, scratch],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            capture_output=True,
            text=True,
            check=False,
        )
    return frozenset(name for name in BARRIERS if name in found.stdout.split())


def _shut_calls(libc: ctypes.CDLL, *, allows_programs: bool) -> bool:
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    architecture, numbers = known
    if allows_programs:
        numbers = tuple(number for place, number in enumerate(numbers) if place not in _STARTING)
    # Offsets into the kernel's record of a call: its number at 0, the architecture at 4.
    steps = [_Filter(_LOAD, 0, 0, 4), _Filter(_JUMP_EQUAL, 1, 0, architecture), _Filter(_RETURN, 0, 0, _REFUSE)]
    steps += [_Filter(_LOAD, 0, 0, 0), _Filter(_JUMP_AT_LEAST, len(numbers) + 1, 0, _X32_BIT)]
    steps += [_Filter(_JUMP_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [_Filter(_RETURN, 0, 0, _ALLOW), _Filter(_RETURN, 0, 0, _REFUSE)]
    program = _Program(len(steps), (_Filter * len(steps))(*steps))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _shut_files(libc: ctypes.CDLL, scratch: str | None) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION))
    if version < 1:
        return False
    writing = _WRITING | (1 << 13 if version >= 2 else 0) | (1 << 14 if version >= 3 else 0)
    handled = ctypes.c_uint64(writing)
    rules = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(handled), ctypes.sizeof(handled), ctypes.c_uint32(0))
    if rules < 0:
        return False
    try:
        # Libraries throw output away, and keep what is large in temporary files.
        _allow(libc, rules, os.devnull, writing & (_WRITE_FILE | 1 << 14))
        if scratch is not None:
            _allow(libc, rules, scratch, writing)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, rules, ctypes.c_uint32(0)) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, allowed: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _PathRule(allowed, place)
        libc.syscall(_LANDLOCK_ADD, rules, 1, ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(place)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise OSError("parser processes have no network")
