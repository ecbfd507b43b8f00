"""Partition in child processes, so that a hostile document can take down a child and nothing else.

A child reads one document after the other. The parent watches its clock, the pages it says are done and its resident
memory, and kills it at a limit; a child that crashes, is killed or grows old is replaced. Whatever happens to a
document comes back as a `DocumentError` that says what happened. A child's answer is unpickled with a closed list of
classes, because a document may have taken the child over; children refuse network connections.
"""

import contextlib
import io
import os
import pickle
import queue
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, EnumMeta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentError, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_frames import HEAD_BYTES, OnPages, read_head, send

_POLL_S: Final = 0.05
_MAX_DOCUMENTS: Final = 400
_CHUNK: Final = 1 << 20
_PAGE_BYTES: Final = 4096
_START_S: Final = 60.0
_ENVIRONMENT: Final = frozenset(
    ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "VIRTUAL_ENV")
)
_MODULES: Final = frozenset(
    {
        "averment.core.completeness",
        "averment.core.documents",
        "averment.core.errors",
        "averment.core.structure",
    }
)
_CLASSES: Final = frozenset(
    [
        "ParsedDocument",
        "Element",
        "ElementKind",
        "Box",
        "PageSpan",
        "Words",
        "TableCell",
        "Attachment",
        "TaggedFact",
        "TagConflict",
        "Certificate",
        "PageCount",
        "Thresholds",
        "LeftOut",
        "Method",
        "Verdict",
        "PageCheck",
        "Means",
        "_rebuild",
        "DocumentError",
        "DocumentCorrupt",
        "DocumentEncrypted",
        "DocumentLimitExceeded",
        "UnsupportedMediaType",
        "PartitionFailed",
    ]
)
_RECONSTRUCTORS: Final = frozenset({("array", "_array_reconstructor"), ("array", "array")})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    content: bytes
    name: str
    media_type: str | None
    on_pages: OnPages | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of one document and what it cost.

    `seconds` is wall-clock time without the child's start; `peak_bytes` is the most resident memory of the child so
    far in its life, None where the system does not tell.
    """

    result: ParsedDocument | DocumentError
    seconds: float
    peak_bytes: int | None


class _ClosedUnpickler(pickle.Unpickler):
    """Builds documents and errors, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _RECONSTRUCTORS or (module in _MODULES and name in _CLASSES):
            return super().find_class(module, name)
        if (module, name) == ("builtins", "getattr"):
            return _member
        raise pickle.UnpicklingError(f"a parser process sent a {module}.{name}, which is no document")


def _member(kind: object, name: object) -> Enum:
    # Python 3.11.0 to 3.11.3 pickle a member of an enumeration as getattr(enumeration, name).
    if isinstance(kind, EnumMeta) and isinstance(name, str) and isinstance(member := kind.__members__.get(name), Enum):
        return member
    raise pickle.UnpicklingError("a parser process asked for an attribute, which is no part of a document")


class PartitionPool:
    """Reads documents in child processes.

    Args:
        limits: What one document may cost.
        options: How documents are read.
        n_workers: Children working at once.

    Example:
        >>> with PartitionPool(n_workers=1) as pool:
        ...     pool.submit(b"One year.", name="a.txt").result().text
        'One year.'
    """

    def __init__(self, *, limits: ParseLimits | None = None, options: ParseOptions | None = None, n_workers: int = 1):
        self._limits = limits or ParseLimits()
        self._options = options or ParseOptions()
        self._threads = ThreadPoolExecutor(max_workers=n_workers, thread_name_prefix="partition")
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def submit(
        self, content: bytes, *, name: str, media_type: str | None = None, on_pages: OnPages | None = None
    ) -> Future[ParsedDocument]:
        """Start reading a document; the future raises a `DocumentError`, `on_pages` is told in another thread."""
        job = _Job(content=content, name=name, media_type=media_type, on_pages=on_pages)
        return self._threads.submit(self._run, job)

    def measure(self, content: bytes, *, name: str, media_type: str | None = None) -> Measured:
        """Read a document in a child of its own and tell what it cost; errors of the document are returned."""
        child = _Child(self._limits, self._options)
        try:
            child.ask(_Job(content=b"", name="start", media_type=None))
            begin = time.monotonic()
            answer = self._answer(child, _Job(content=content, name=name, media_type=media_type))
            return Measured(result=answer, seconds=time.monotonic() - begin, peak_bytes=child.peak_bytes or None)
        finally:
            child.stop()

    def close(self) -> None:
        """Let running documents end, drop waiting ones, stop the children."""
        self._is_closed = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            self._idle.get_nowait().stop()

    def _run(self, job: _Job) -> ParsedDocument:
        child = self._take()
        keep = False
        try:
            answer = self._answer(child, job)
            keep = child.is_fit and not self._is_closed
        finally:
            if keep:
                self._idle.put(child)
            else:
                child.stop()
        if isinstance(answer, DocumentError):
            raise answer
        return answer

    @staticmethod
    def _answer(child: "_Child", job: _Job) -> ParsedDocument | DocumentError:
        try:
            answer = child.ask(job)
        except DocumentError as error:
            return error
        if not isinstance(answer, ParsedDocument | DocumentError):
            return PartitionFailed(f"the parser failed with an unexpected {answer!s}", hint="report it with the file")
        return answer

    def _take(self) -> "_Child":
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return _Child(self._limits, self._options)


class _TimeLeft:
    """How long a child may still take for a document, by the clock and by the pages it tells of."""

    def __init__(self, limits: ParseLimits, *, extra_s: float):
        self._limits = limits
        self._extra_s = extra_s
        self._started_s = self._moved_s = time.monotonic()
        self._n_done = self._n_pages = 0

    def note(self, done: int, total: int) -> None:
        """Note how many pages are done; the same number once more says that one is read again."""
        self._moved_s = time.monotonic()
        self._n_done, self._n_pages = max(self._n_done, done), total

    def check(self) -> None:
        """Raise `DocumentLimitExceeded` when the time is over."""
        limits, now_s = self._limits, time.monotonic()
        allowed_s = limits.seconds_for(self._n_done)
        if now_s - self._started_s > allowed_s + self._extra_s:
            raise self._exceeded(f"reading took longer than {allowed_s:g} seconds", allowed_s)
        # After the last page come tables and structure, which are not told of.
        idle_s = limits.max_idle_seconds if self._n_done < self._n_pages else limits.max_seconds
        if self._n_done and now_s - self._moved_s > idle_s:
            raise self._exceeded(f"reading stood still for {idle_s:g} seconds after {self._n_done} pages", idle_s)

    def _exceeded(self, what: str, seconds: float) -> DocumentLimitExceeded:
        return DocumentLimitExceeded(
            f"{what} and was stopped",
            hint="raise the limit of seconds in the settings, or split the file",
            details={"seconds": int(seconds), "pages_done": self._n_done},
        )


class _Child:
    """One child process and the conversation with it."""

    def __init__(self, limits: ParseLimits, options: ParseOptions):
        self._limits = limits
        self._n_documents = 0
        self._is_alive = True
        self.peak_bytes = 0
        read_end, write_end = os.pipe()
        # Keys and passwords in the parent's environment are none of a parser's business.
        environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        # The only place a child may write to; it goes with the child.
        self._scratch = tempfile.mkdtemp(prefix="averment-parser-")
        environment["TMPDIR"] = self._scratch
        # The child answers on a pipe of its own: libraries print to standard output as they like.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "averment.pipelines.ingestion.partition_child", str(write_end)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(write_end,),
            env=environment,
        )
        os.close(write_end)
        self._answers = read_end
        os.set_blocking(read_end, False)
        with contextlib.suppress(BrokenPipeError):  # a child that died already is found when it is asked
            self._send((limits, options))

    @property
    def is_fit(self) -> bool:
        """Tell whether the child may read another document."""
        return (
            self._is_alive
            and self._n_documents < _MAX_DOCUMENTS
            and _resident_bytes(self._process.pid) < self._limits.max_memory_bytes // 2
        )

    def ask(self, job: _Job) -> object:
        """Send one document and wait for what becomes of it.

        Raises:
            DocumentLimitExceeded: The child took too long or grew too large, and was killed.
            PartitionFailed: The child died.
        """
        self._n_documents += 1
        time_left = _TimeLeft(self._limits, extra_s=_START_S if self._n_documents == 1 else 0.0)
        try:
            self._send((job.content, job.name, job.media_type))
            data = self._receive(time_left, job.on_pages)
        except (BrokenPipeError, EOFError) as error:
            raise self._death() from error
        except DocumentLimitExceeded:
            self._is_alive = False
            raise
        self.peak_bytes = max(self.peak_bytes, _peak_bytes(self._process.pid))
        try:
            return _ClosedUnpickler(io.BytesIO(data)).load()
        except (pickle.UnpicklingError, EOFError, AttributeError, IndexError, TypeError, ValueError, KeyError) as error:
            self._is_alive = False
            raise PartitionFailed("the parser process sent no document", hint="report it with the file") from error

    def stop(self) -> None:
        """Kill the child and wait for its end."""
        self._is_alive = False
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        os.close(self._answers)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _send(self, value: object) -> None:
        if self._process.stdin is None:
            raise BrokenPipeError
        send(self._process.stdin, pickle.dumps(value, protocol=5))

    def _receive(self, time_left: "_TimeLeft", on_pages: OnPages | None) -> bytes:
        while not (head := read_head(self._read(HEAD_BYTES, time_left))).is_answer:
            time_left.note(head.first, head.second)
            if on_pages is not None:
                on_pages(head.first, head.second)
        return self._read(head.first, time_left)

    def _read(self, n_bytes: int, time_left: "_TimeLeft") -> bytes:
        chunks: list[bytes] = []
        missing = n_bytes
        while missing:
            ready, _, _ = select.select([self._answers], [], [], _POLL_S)
            time_left.check()
            self._check_memory()
            if not ready:
                continue
            chunk = os.read(self._answers, min(missing, _CHUNK))
            if not chunk:
                raise EOFError
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)

    def _check_memory(self) -> None:
        limits = self._limits
        resident = _resident_bytes(self._process.pid)
        self.peak_bytes = max(self.peak_bytes, resident)
        if resident > limits.max_memory_bytes:
            raise DocumentLimitExceeded(
                f"reading needed more than {limits.max_memory_bytes >> 20} MiB of memory and was stopped",
                hint="raise the limit of memory in the settings, or split the file",
                details={"bytes": resident},
            )

    def _death(self) -> DocumentError:
        self._is_alive = False
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return PartitionFailed("the parser process stopped answering", hint="report it with the file")
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return PartitionFailed(
            f"the parser process died ({name}) while reading the file",
            hint="the file is damaged or hostile; open it in its own program and save it again",
            details={"exit_code": code},
        )


def _resident_bytes(pid: int) -> int:
    """Return a process's resident memory; 0 where the system does not tell or the process is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0


def _peak_bytes(pid: int) -> int:
    """Return the most resident memory a process ever had; 0 where the system does not tell or the process is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0]) << 10
    except (OSError, IndexError, ValueError):
        return 0


def partition_in_worker(
    content: bytes,
    *,
    name: str,
    media_type: str | None = None,
    limits: ParseLimits | None = None,
    options: ParseOptions | None = None,
) -> ParsedDocument:
    """Partition one document in a child process of its own; `PartitionPool` serves many."""
    with PartitionPool(limits=limits, options=options) as pool:
        return pool.submit(content, name=name, media_type=media_type).result()
