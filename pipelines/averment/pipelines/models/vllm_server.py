"""Starts vLLM from its own environment, waits until it answers a constrained request, and ends it without a trace.

The server runs below a small supervisor (`vllm_supervisor.py`) that ends it, with all its processes, when this
process ends, however it ends. Its log holds vLLM's own lines: request logging is off, so no content is in it.
"""

import contextlib
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Final

from averment.core.errors import ConfigurationError, ModelError, ModelUnavailable, StoreBusy
from averment.pipelines.models.adapters import Adapter, adapter_arguments
from averment.pipelines.models.http_probe import get_health, served_models, warm_up
from averment.pipelines.models.machine import check_memory, detect_machine, engine_of
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.models.server_log import explain_end, last_stage
from averment.pipelines.models.server_state import (
    RunningServer,
    find_running_server,
    process_started_ticks,
    remove_state,
    write_state,
)
from averment.pipelines.models.vllm_command import (
    LOOPBACK,
    Machine,
    ServeLimits,
    arguments_digest,
    vllm_command,
    vllm_environment,
)

_INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME")
_SUPERVISOR: Final = Path(__file__).with_name("vllm_supervisor.py")
_GRACE_S: Final = 15.0
_POLL_S: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProgress:
    """How far a start has come: a stage in plain words, and seconds since it began."""

    stage: str
    elapsed_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How one server is started. `port` 0 picks a free one; `threads` None leaves one processor free.

    `model_digest` identifies the weights for those who find the server by its state file; `adapters` are served beside
    the model.
    """

    port: int = 0
    limits: ServeLimits = field(default_factory=ServeLimits)
    threads: int | None = None
    cpu_only: bool = False
    startup_timeout_s: float = 600.0
    model_digest: str | None = None
    adapters: tuple[Adapter, ...] = ()


def ignore_progress(_progress: ServerProgress) -> None:
    """Report nothing."""


class VllmServer:
    """One vLLM server on the loopback address; a context manager.

    Args:
        profile: The model to serve.
        environment: The virtual environment that holds vLLM, GPU or CPU build.
        model_path: The folder with weights and tokenizer.
        state_dir: Where log and state file lie (`data_dir/model`).
        options: Port, limits and time allowed for the start.
        progress: Called from the starting thread as the start goes on.

    Example:
        >>> server = VllmServer(profile, environment=Path(".venv-vllm"), model_path=folder,
        ...                     state_dir=data_dir / "model")  # doctest: +SKIP
        >>> with server as running:  # doctest: +SKIP
        ...     print(running.base_url)
    """

    def __init__(
        self,
        profile: ModelProfile,
        *,
        environment: Path,
        model_path: Path,
        state_dir: Path,
        options: ServerOptions = ServerOptions(),
        progress: Callable[[ServerProgress], None] = ignore_progress,
    ):
        self._profile = profile
        self._environment = environment.absolute()
        self._model_path = model_path.absolute()
        self._state_dir = state_dir.absolute()
        self._options = options
        self._progress = progress
        self._log_path = self._state_dir / "vllm.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._running: RunningServer | None = None
        self._began = 0.0
        self._arguments_digest = ""

    def __enter__(self) -> RunningServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> RunningServer:
        """Start the server and return once it has answered a request that is bound to a schema.

        Raises:
            ModelUnavailable: The environment or the model is missing, or the server ended or took too long.
            ConfigurationError: The port is taken, or the model does not fit the machine.
            StoreBusy: A server runs on this data directory already.
        """
        self._began = time.monotonic()
        self._check_files()
        self._acquire_lock()
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and everything it started; a server that is not running is no error."""
        process, self._process, self._running = self._process, None, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(timeout=_GRACE_S + 5.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            remove_state(self._state_dir)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def serve_forever(self, *, ready: Callable[[RunningServer], None]) -> None:
        """Start, report, and stay until SIGINT or SIGTERM (main thread) or until the server ends.

        Raises:
            ModelUnavailable: The server ended by itself.
        """
        stop = threading.Event()

        def request_stop(_number: int, _frame: FrameType | None) -> None:
            stop.set()
            raise KeyboardInterrupt

        previous = {number: signal.signal(number, request_stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            with self as running:
                ready(running)
                while not stop.wait(_POLL_S):
                    self._check_alive()
        except KeyboardInterrupt:
            if not stop.is_set():
                raise
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    @property
    def log_path(self) -> Path:
        """Where the server writes its log."""
        return self._log_path

    def _start(self) -> RunningServer:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self._report("looking at the machine")
        machine = self._machine(inherited)
        check_memory(self._profile, gpu=machine.gpu)
        port = _free_port(self._options.port)
        api_key = secrets.token_urlsafe(32)
        self._process = self._spawn(machine, port=port, api_key=api_key, inherited=inherited)
        self._wait_healthy(port)
        self._report("warming up with a schema")
        self._warm_up(port, api_key)
        engine, version = engine_of(self._environment)
        self._running = RunningServer(
            pid=self._process.pid,
            started_ticks=process_started_ticks(self._process.pid) or 0,
            port=port,
            profile=self._profile.name,
            served_name=self._profile.served_name,
            model_path=str(self._model_path),
            model_digest=self._options.model_digest,
            gpu=machine.gpu,
            context_tokens=min(
                self._profile.context_tokens, self._options.limits.context_tokens or self._profile.context_tokens
            ),
            log_path=str(self._log_path),
            startup_s=round(time.monotonic() - self._began, 3),
            engine=engine,
            engine_version=version,
            arguments_digest=self._arguments_digest,
            api_key=api_key,
        )
        write_state(self._state_dir, self._running)
        self._report("ready")
        return self._running

    def _machine(self, inherited: Mapping[str, str]) -> Machine:
        found = detect_machine(
            self._environment,
            cache_dir=self._cache_dir(),
            inherited=inherited,
            cpu_only=self._options.cpu_only,
        )
        threads = self._options.threads or found.threads
        return Machine(gpu=found.gpu, threads=threads, has_amx=found.has_amx, reports_amx=found.reports_amx)

    def _cache_dir(self) -> Path:
        # What vLLM learns of a model's architecture takes ten seconds, and belongs to the environment.
        shared = self._environment / "cache"
        with contextlib.suppress(OSError):
            shared.mkdir(exist_ok=True)
        return shared if os.access(shared, os.W_OK) else self._state_dir / "cache"

    def _spawn(
        self, machine: Machine, *, port: int, api_key: str, inherited: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        command = vllm_command(
            self._profile,
            python=self._environment / "bin" / "python",
            model_path=self._model_path,
            port=port,
            machine=machine,
            limits=self._options.limits,
        )
        command += adapter_arguments(self._options.adapters)
        self._arguments_digest = arguments_digest(command)
        environment = vllm_environment(
            self._profile,
            machine=machine,
            api_key=api_key,
            inherited=inherited,
            limits=self._options.limits,
            cache_dir=self._cache_dir(),
        )
        supervisor = [sys.executable, "-I", "-S", str(_SUPERVISOR), str(os.getpid()), str(_GRACE_S)]
        if self._log_path.exists():
            self._log_path.replace(self._log_path.with_suffix(".log.1"))
        descriptor = os.open(self._log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as log:
            return subprocess.Popen(
                [*supervisor, *command],
                env=environment,
                cwd=self._state_dir,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A terminal's Ctrl-C reaches us, and we end the server in order.
                start_new_session=True,
            )

    def _wait_healthy(self, port: int) -> None:
        deadline = self._began + self._options.startup_timeout_s
        shown = ""
        while not get_health(port):
            self._check_alive()
            if time.monotonic() > deadline:
                raise ModelUnavailable(
                    f"vLLM did not become ready within {self._options.startup_timeout_s:g} s; see {self._log_path}",
                    hint="raise the time allowed, or serve a smaller model",
                )
            stage = last_stage(self._log_path)
            if stage != shown:
                shown = stage
                self._report(stage)
            time.sleep(_POLL_S)

    def _warm_up(self, port: int, api_key: str) -> None:
        served = served_models(f"http://{LOOPBACK}:{port}/v1", api_key=api_key)
        if self._profile.served_name not in served:
            raise ModelError(
                f"the server on port {port} serves {sorted(served)}, expected {self._profile.served_name!r}",
                hint="another server took the port; try again",
            )
        try:
            warm_up(self._profile, port=port, api_key=api_key, timeout_s=self._options.startup_timeout_s)
        except ModelUnavailable:
            self._check_alive(patience_s=2.0)
            raise

    def _check_alive(self, *, patience_s: float = 0.0) -> None:
        process = self._process
        if process is None:
            raise ModelUnavailable("vLLM is not running", hint="`averment model serve`")
        try:
            status = process.wait(timeout=patience_s) if patience_s else process.poll()
        except subprocess.TimeoutExpired:
            return
        if status is not None:
            raise ModelUnavailable(
                f"vLLM ended with status {status}: {explain_end(self._log_path)}",
                hint=f"the whole log is {self._log_path}",
            )

    def _check_files(self) -> None:
        python = self._environment / "bin" / "python"
        if not python.exists() or not any(self._environment.glob("lib/python3*/site-packages/vllm/__init__.py")):
            raise ModelUnavailable(
                f"no vLLM in {str(self._environment)!r} (model.vllm_environment)",
                hint="`make setup` builds it",
            )
        if not (self._model_path / "config.json").is_file() or not any(self._model_path.glob("*.safetensors")):
            raise ModelUnavailable(
                f"no model in {str(self._model_path)!r}: expected config.json and *.safetensors",
                hint=f"`averment model fetch {self._profile.name}`",
            )

    def _acquire_lock(self) -> None:
        self._state_dir.mkdir(parents=True, exist_ok=True)
        lock = (self._state_dir / "server.lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            running = find_running_server(self._state_dir)
            where = f" on port {running.port}" if running else ", still starting"
            raise StoreBusy(
                f"a model server runs on this data directory already{where}",
                hint="use it, or stop it first",
            ) from error
        self._lock = lock

    def _report(self, stage: str) -> None:
        self._progress(ServerProgress(stage=stage, elapsed_s=time.monotonic() - self._began))


def _free_port(wanted: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError as error:
            raise ConfigurationError(
                f"port {wanted} on {LOOPBACK} is taken", hint="set model.port to 0 or to a free port"
            ) from error
        return int(probe.getsockname()[1])
