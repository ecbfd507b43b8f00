"""The supervisor with small programs in the server's place."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from averment.pipelines.models import vllm_supervisor
from averment.pipelines.models.server_state import process_started_ticks

SCRIPT = str(Path(vllm_supervisor.__file__))
POLITE = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import os, signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(600)\n"
)


def supervise(program: str, owner: int | None = None, grace_s: float = 5.0) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-I",
        "-S",
        SCRIPT,
        str(owner or os.getpid()),
        str(grace_s),
        sys.executable,
        "-c",
        program,
    ]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def assert_gone(pid: int) -> None:
    deadline = time.monotonic() + 5.0
    while process_started_ticks(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process_started_ticks(pid) is None


@pytest.mark.slow
def test_the_servers_status_is_passed_on() -> None:
    for program, status in (("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 4)", 132)):
        with supervise(program) as process:
            assert process.wait(timeout=20) == status


def test_closing_standard_input_ends_the_server() -> None:
    with supervise(POLITE) as process:
        assert first_line(process) == "up"
        (server,) = vllm_supervisor.children_of(process.pid)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)
        assert_gone(server)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_server(number: signal.Signals) -> None:
    with supervise(POLITE) as process:
        assert first_line(process) == "up"
        (server,) = vllm_supervisor.children_of(process.pid)
        process.send_signal(number)
        process.wait(timeout=20)
        assert_gone(server)


@pytest.mark.slow
def test_a_server_that_ignores_signals_is_killed_with_children_that_left_its_group() -> None:
    with supervise(STUBBORN, grace_s=0.3) as process:
        grandchild = int(first_line(process))
        (server,) = vllm_supervisor.children_of(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        assert_gone(server)
        assert_gone(grandchild)


def test_children_that_a_dead_server_leaves_behind_are_killed() -> None:
    program = STUBBORN.replace("time.sleep(600)\n", "os._exit(3)\n")
    with supervise(program) as process:
        grandchild = int(first_line(process))
        assert process.wait(timeout=20) == 3
        assert_gone(grandchild)


def test_the_owners_death_ends_the_server_also_while_its_end_of_the_pipe_is_open() -> None:
    read_end, write_end = os.pipe()
    program = (
        "import os, subprocess, sys\n"
        f"p = subprocess.Popen([sys.executable, '-I', '-S', {SCRIPT!r}, str(os.getpid()), '5', sys.executable, '-c',"
        f" {POLITE!r}], stdin={read_end}, stdout=subprocess.PIPE, text=True)\n"
        "p.stdout.readline(); print(p.pid, flush=True); import time; time.sleep(600)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, pass_fds=(read_end,))
    with owner:
        supervisor = int(first_line(owner))
        (server,) = vllm_supervisor.children_of(supervisor)
        owner.kill()
        owner.wait()
        assert_gone(supervisor)
        assert_gone(server)
    os.close(read_end)
    os.close(write_end)


def test_the_supervisors_own_death_ends_the_server() -> None:
    with supervise(POLITE) as process:
        assert first_line(process) == "up"
        (server,) = vllm_supervisor.children_of(process.pid)
        process.kill()
        process.wait()
        assert_gone(server)
