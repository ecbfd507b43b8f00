"""One owner of the embedded stores: locks, the socket, errors across it, and every way an owner can end."""

import contextlib
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.answers import Receipt
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.errors import AuditWriteFailed, ContextTooLong, IndexUnavailable, OwnerGone, StoreBusy, StoreError
from averment.core.owner import Owner, OwnerClient, OwnerSession, acquire, acquire_or_connect, connect
from averment.core.owner_audit import RemoteAuditSink, audit_handlers
from averment.core.owner_wire import JsonObject
from averment.core.testing.audit import MemoryAuditSink

pytestmark = pytest.mark.slow

OWNER_PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from averment.core.data_dir import open_data_dir
from averment.core.owner import acquire
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits it ignored
owner = acquire(open_data_dir(Path(sys.argv[1])))
def stop(_params):
    os.kill(os.getpid(), 9)
if "silent" not in sys.argv:
    owner.serve({"echo": lambda params: {"pid": os.getpid(), **params}, "die": stop})
if "fork" in sys.argv and os.fork() == 0:
    os.close(1)
    time.sleep(20)
    os._exit(0)
print("ready", flush=True)
sys.stdin.read()
owner.close()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return open_data_dir(tmp_path / "data")


@contextmanager
def another_process(data_dir: DataDir, *how: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run an owner in a process of its own; it ends when its input does."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER_PROGRAM, str(data_dir.root), *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def echo(params: JsonObject) -> JsonObject:
    return params


def test_requests_reach_the_owner_and_answers_come_back(data_dir: DataDir) -> None:
    with acquire(data_dir) as owner:
        owner.serve({"echo": echo})
        with connect(data_dir) as client:
            assert not client.is_owner
            assert client.call("echo", {"text": "§ 5 – für 10 €", "n": 1.5, "list": [1, None, True]}) == {
                "text": "§ 5 – für 10 €",
                "n": 1.5,
                "list": [1, None, True],
            }
            with pytest.raises(StoreError, match="knows no request 'later'"):
                client.call("later", {})
            owner.serve({"later": echo})
            assert client.call("later", {"a": 1}) == {"a": 1}
    assert not data_dir.owner_file.exists()


def test_the_address_is_private_and_names_the_process(data_dir: DataDir) -> None:
    with acquire(data_dir) as owner:
        owner.serve({})
        assert data_dir.owner_file.stat().st_mode & 0o777 == 0o600
        found = json.loads(data_dir.owner_file.read_text())
        assert found["pid"] == os.getpid()
        assert len(found["token"]) == 64
        with socket.create_connection(("127.0.0.1", found["port"])) as plain:
            assert plain.getpeername()[0] == "127.0.0.1"


def test_there_is_one_owner(data_dir: DataDir) -> None:
    with another_process(data_dir) as process:
        with pytest.raises(StoreBusy, match=f"process {process.pid} ") as busy:
            acquire(data_dir)
        assert busy.value.details == {"pid": process.pid}
        assert busy.value.hint
        began = time.monotonic()
        with pytest.raises(StoreBusy, match=r"after 0\.3 s"):
            acquire(data_dir, wait_s=0.3)
        assert time.monotonic() - began >= 0.3
        caller = acquire_or_connect(data_dir)
        assert isinstance(caller, OwnerClient)
        assert caller.call("echo", {})["pid"] == process.pid
        caller.close()


def test_an_owner_that_finishes_is_waited_for(data_dir: DataDir) -> None:
    with another_process(data_dir, "silent") as process:
        assert process.stdin is not None
        timer = threading.Timer(0.4, process.stdin.close)
        timer.start()
        with acquire(data_dir, wait_s=20) as owner:
            assert owner.is_owner
        timer.join()


def test_an_owner_that_does_not_answer_is_named(data_dir: DataDir) -> None:
    with another_process(data_dir, "silent"), pytest.raises(StoreBusy, match="could not be taken over or reached"):
        acquire_or_connect(data_dir, wait_s=0.2)


def test_a_killed_owner_is_simply_replaced(data_dir: DataDir) -> None:
    with another_process(data_dir) as process:
        client = connect(data_dir)
        process.kill()
        process.wait()
        assert data_dir.owner_file.exists()
        with pytest.raises(OwnerGone) as gone:
            client.call("echo", {})
        assert gone.value.details["pid"] == process.pid
        with pytest.raises(StoreBusy):
            connect(data_dir)
        with acquire(data_dir) as owner:
            assert not data_dir.owner_file.exists()
            owner.serve({"echo": echo})
            with connect(data_dir) as again:
                assert again.call("echo", {"a": 1}) == {"a": 1}


def test_a_child_that_outlives_the_owner_holds_nothing(data_dir: DataDir) -> None:
    with another_process(data_dir, "fork") as process:
        client = connect(data_dir)
        process.kill()
        process.wait()
        with pytest.raises(OwnerGone):
            client.call("echo", {})
        with acquire(data_dir, wait_s=2) as owner:
            assert owner.is_owner


def test_our_errors_arrive_as_what_they_were(data_dir: DataDir) -> None:
    def fail(params: JsonObject) -> JsonObject:
        if params["how"] == "ours":
            raise ContextTooLong("too long", hint="ask less", details={"limit": 10, "got": 11})
        if params["how"] == "unavailable":
            raise IndexUnavailable("away")
        raise ZeroDivisionError("the text of a document")

    with acquire(data_dir) as owner:
        owner.serve({"fail": fail, "not json": lambda _params: {"a": object()}})  # type: ignore[dict-item]  # the point
        with connect(data_dir) as client:
            with pytest.raises(ContextTooLong) as ours:
                client.call("fail", {"how": "ours"})
            assert (ours.value.message, ours.value.hint) == ("too long", "ask less")
            assert (ours.value.code, ours.value.details) == ("MDL005", {"limit": 10, "got": 11})
            with pytest.raises(IndexUnavailable) as away:
                client.call("fail", {"how": "unavailable"})
            assert away.value.retryable
            with pytest.raises(StoreError, match=r"failed at 'fail' with ZeroDivisionError$"):
                client.call("fail", {"how": "other"})
            with pytest.raises(StoreError, match="with TypeError"):
                client.call("not json", {})
            with pytest.raises(StoreError, match="knows no request"):
                client.call("owner.unknown", {})


def test_many_threads_ask_at_once(data_dir: DataDir) -> None:
    with acquire(data_dir) as owner:
        owner.serve({"echo": echo})
        with connect(data_dir) as client:
            wrong: list[object] = []

            def ask(number: int) -> None:
                for round_ in range(50):
                    answer = client.call("echo", {"n": number, "round": round_})
                    if answer != {"n": number, "round": round_}:
                        wrong.append(answer)

            threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert wrong == []


def _say(port: int, *frames: bytes) -> bytes:
    """Say something to the owner as a stranger would and return what comes back before it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as stranger:
        heard = b""
        with contextlib.suppress(OSError):  # the owner may hang up before the stranger has finished
            for frame in frames:
                stranger.sendall(frame)
            stranger.shutdown(socket.SHUT_WR)
            while part := stranger.recv(65536):
                heard += part
        return heard


def _frame(value: object) -> bytes:
    body = json.dumps(value).encode()
    return struct.pack(">I", len(body)) + body


def test_strangers_learn_nothing(data_dir: DataDir, caplog: pytest.LogCaptureFixture) -> None:
    called: list[JsonObject] = []

    def note(params: JsonObject) -> JsonObject:
        called.append(params)
        return {}

    with acquire(data_dir) as owner:
        owner.serve({"note": note})
        found = json.loads(data_dir.owner_file.read_text())
        request = _frame({"method": "note", "params": {}})
        hello = _frame({"nonce": "n"})
        talks = (
            (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",),
            (request,),
            (hello, request),
            (hello, _frame({"proof": "0" * 64}), request),
            (hello, _frame({"proof": None}), request),
            (hello, _frame({"proof": found["token"]}), request),
            (struct.pack(">I", 2**31), b"x"),
            (struct.pack(">I", 5), b"12"),
            (_frame([1]),),
            (b"",),
        )
        for frames in talks:
            heard = _say(found["port"], *frames)
            assert found["token"].encode() not in heard
        assert called == []
        with connect(data_dir) as client:
            client.call("note", {"still": "alive"})
        assert called == [{"still": "alive"}]
    assert found["token"] not in caplog.text


def test_who_answers_on_a_dead_owners_port_is_not_trusted(data_dir: DataDir) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as impostor:
        port = impostor.getsockname()[1]
        token = "t" * 64
        data_dir.owner_file.write_text(json.dumps({"pid": 1, "port": port, "token": token, "started": "x"}))

        def answer() -> None:
            connected, _ = impostor.accept()
            with connected:
                heard.append(connected.recv(4096))
                connected.sendall(_frame({"nonce": "n", "proof": "0" * 64}))
                heard.append(connected.recv(4096))

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(StoreBusy, match="not answered by the owner"):
            connect(data_dir)
        thread.join()
    assert token.encode() not in b"".join(heard)


@pytest.mark.parametrize("words", ["", "{}", "[]", '{"pid": "x", "port": 1, "token": "t", "started": "s"}'])
def test_an_unreadable_address_counts_as_none(data_dir: DataDir, words: str) -> None:
    data_dir.owner_file.write_text(words)
    with pytest.raises(StoreBusy, match="another process owns"):
        connect(data_dir)
    with acquire(data_dir):
        pass


def test_a_request_that_is_too_large_is_refused_before_it_is_sent(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acquire(data_dir) as owner:
        owner.serve({"echo": echo})
        with connect(data_dir) as client:
            monkeypatch.setattr("averment.core.owner_wire.MAX_FRAME_BYTES", 1000)
            with pytest.raises(StoreError, match="at most 1000 are allowed"):
                client.call("echo", {"text": "x" * 2000})
            assert client.call("echo", {"text": "x"}) == {"text": "x"}


def test_closing_lets_a_request_under_way_end(data_dir: DataDir) -> None:
    entered = threading.Event()

    def slow(_params: JsonObject) -> JsonObject:
        entered.set()
        time.sleep(0.3)
        return {"done": True}

    owner = acquire(data_dir)
    owner.serve({"slow": slow})
    client = connect(data_dir)
    answers: list[JsonObject] = []
    thread = threading.Thread(target=lambda: answers.append(client.call("slow", {})))
    thread.start()
    assert entered.wait(5)
    owner.close()
    owner.close()
    thread.join()
    assert answers == [{"done": True}]
    with pytest.raises(OwnerGone) as gone:
        client.call("slow", {})
    assert gone.value.details["sent"] == 0
    client.close()


def _session(data_dir: DataDir, log: list[str], *, repeatable: tuple[str, ...] = ("echo",)) -> OwnerSession:
    def open_handlers() -> dict[str, object]:
        log.append("opened")
        return {"echo": lambda params: {"pid": os.getpid(), **params}, "die": echo}

    return OwnerSession(
        data_dir,
        open_handlers,  # type: ignore[arg-type]  # a plain dictionary of handlers
        close_stores=lambda: log.append("closed"),
        repeatable=repeatable,
        wait_s=5,
    )


def test_a_session_takes_over_when_its_owner_ends(data_dir: DataDir) -> None:
    log: list[str] = []
    with another_process(data_dir) as process, _session(data_dir, log) as session:
        assert not session.is_owner
        assert session.call("echo", {"n": 1}) == {"pid": process.pid, "n": 1}
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        assert session.call("echo", {"n": 2}) == {"pid": os.getpid(), "n": 2}
        assert session.is_owner
        with connect(data_dir) as client:
            assert client.call("echo", {})["pid"] == os.getpid()
    assert log == ["opened", "closed"]
    with acquire(data_dir):
        pass


def test_a_session_repeats_only_what_may_be_repeated(data_dir: DataDir) -> None:
    log: list[str] = []
    with another_process(data_dir), _session(data_dir, log) as session, pytest.raises(OwnerGone) as gone:
        session.call("die", {})
    assert gone.value.details["sent"] == 1
    with another_process(data_dir), _session(data_dir, log, repeatable=("die",)) as session:
        assert session.call("die", {"n": 1}) == {"n": 1}
        assert session.is_owner


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_lost_or_done_twice_while_owners_come_and_go(data_dir: DataDir, seed: int) -> None:
    done: list[tuple[int, int]] = []
    n_callers, n_calls = 4, 40
    left = threading.Event()
    chance = random.Random(seed)

    def once(params: JsonObject) -> JsonObject:
        done.append((int(str(params["who"])), int(str(params["n"]))))
        return {}

    def call_often(who: int) -> None:
        session = OwnerSession(data_dir, lambda: {"once": once}, close_stores=lambda: None, wait_s=30)
        with session:
            for n in range(n_calls):
                session.call("once", {"who": who, "n": n})
                if n % 7 == who:
                    session.close()  # a caller that is the owner leaves its office to the others
            left.set()

    threads = [threading.Thread(target=call_often, args=(who,)) for who in range(n_callers)]
    for thread in threads:
        thread.start()
    while not left.is_set():
        time.sleep(0.005)
        with contextlib.suppress(StoreBusy), acquire(data_dir) as owner:
            owner.serve({"once": once})
            time.sleep(chance.random() * 0.02)
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [(who, n) for who in range(n_callers) for n in range(n_calls)]


def test_a_request_that_reaches_an_owner_as_it_leaves_is_not_carried_out_and_may_be_sent_again(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[JsonObject] = []
    owner = acquire(data_dir)

    def once(params: JsonObject) -> JsonObject:
        done.append(params)
        return {}

    owner.serve({"once": once})
    with connect(data_dir) as client:
        monkeypatch.setattr("averment.core.owner_wire.Connection.is_stale", lambda _: False)
        owner.close()
        with pytest.raises(OwnerGone) as gone:
            client.call("once", {})
    assert (gone.value.details["sent"], done) == (0, [])


def test_stores_that_cannot_be_opened_let_the_ownership_go(data_dir: DataDir) -> None:
    def refuse() -> dict[str, object]:
        raise StoreError("damaged")

    session = OwnerSession(data_dir, refuse, close_stores=lambda: None)  # type: ignore[arg-type]  # never returns
    with pytest.raises(StoreError, match="damaged"):
        session.call("echo", {})
    with acquire(data_dir) as owner:
        assert isinstance(owner, Owner)


def test_the_log_is_written_through_the_owner(data_dir: DataDir) -> None:
    sink = MemoryAuditSink(fail_from=1)
    event = AuditEvent(
        type=EventType.ANALYSIS_COMPLETED,
        subject="someone",
        purpose="test",
        parents=(3, 4),
        data={"n": 1, "ok": True, "none": None, "list": ("a", 2), "deep": {"x": ("y",)}},
        payloads=(Payload(name="question", content=b"\x00\xff"),),
    )
    with acquire(data_dir) as owner:
        owner.serve(audit_handlers(sink))
        with connect(data_dir) as client:
            remote = RemoteAuditSink(client)
            assert remote.append(event) == 0
            assert [replace(seen, id="") for seen in sink.events] == [event]
            assert remote.find(sink.events[0].id) == 0
            assert remote.find(event.id) is None
            receipt = remote.receipt(0)
            assert isinstance(receipt, Receipt)
            assert receipt == sink.receipt(0)
            with pytest.raises(AuditWriteFailed, match="refused entry 1"):
                remote.append(event)
    with pytest.raises(AuditWriteFailed, match="owner of the log ended"):
        remote.append(event)


class BreaksOff:
    """An owner that ends while it appends, before or after the event is durable, and the next one behind it."""

    is_owner = False

    def __init__(self, sink: MemoryAuditSink, *, after: bool):
        self._handlers = audit_handlers(sink)
        self._after = after

    def call(self, method: str, params: JsonObject) -> JsonObject:
        if method != "audit.append":
            return self._handlers[method](params)
        if self._after:
            self._handlers[method](params)
        raise OwnerGone("it ended", details={"sent": 1})


@pytest.mark.parametrize("after", [False, True])
def test_an_event_stands_in_the_log_once_when_the_owner_breaks_off_in_the_middle(after: bool) -> None:
    sink = MemoryAuditSink()
    remote = RemoteAuditSink(BreaksOff(sink, after=after))
    event = AuditEvent(type=EventType.SYSTEM_STOPPED, subject="system", data={"reason": "asked"})
    assert [remote.append(event), remote.append(event)] == [0, 1]
    assert len({seen.id for seen in sink.events}) == 2


def test_an_interrupted_owner_leaves_by_itself(data_dir: DataDir) -> None:
    with another_process(data_dir) as process:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        with acquire(data_dir, wait_s=1):
            pass
