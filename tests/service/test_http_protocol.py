"""Connections of clients that mean no good: each is refused with a problem document, and the next one is served."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from averment.core.service_limits import ConnectionSettings
from averment.core.settings import ServiceSettings, Settings
from tests.service.conftest import Measured
from tests.service.live import Live, live, read_reply, request

HEAD = b"POST /v1/search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer avm_test\r\nContent-Type: application/json\r\n"


@pytest.fixture
def hasty(measured: Measured) -> Iterator[Live]:
    limits = ConnectionSettings(head_timeout_s=0.3, body_timeout_s=0.3, max_head_bytes=8192)
    with live(Settings(service=ServiceSettings(connections=limits)), measured.metrics) as service:
        yield service


def test_headers_that_never_end_are_not_waited_for(hasty: Live) -> None:
    for beginning in (b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "):
        reply = hasty.send(beginning)
        assert (reply.status, reply.is_problem) == (408, True)
    assert hasty.answers()


def test_dripping_headers_wins_no_time(hasty: Live) -> None:
    with hasty.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        connection.settimeout(0.05)
        came = b""
        while not came:
            try:
                came = connection.recv(4096)
            except TimeoutError:
                connection.sendall(b"X-A: b\r\n")
    assert came.startswith(b"HTTP/1.1 408")


def test_a_second_request_on_a_connection_has_no_more_time_than_the_first(hasty: Live) -> None:
    with hasty.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_reply(connection).status == 200
        connection.sendall(b"GET /healthz HTT")
        assert read_reply(connection).status == 408


def test_a_body_that_never_ends_is_not_waited_for(hasty: Live) -> None:
    for framing in (b"Content-Length: 50\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"):
        reply = hasty.send(HEAD, framing)
        assert (reply.status, reply.is_problem) == (408, True)
    assert hasty.answers()


def test_what_is_sent_on_after_a_refusal_holds_no_connection(hasty: Live) -> None:
    with hasty.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 999999999\r\n\r\n")
        assert read_reply(connection).status == 413
        connection.settimeout(0.05)
        while True:
            try:
                if connection.recv(4096) == b"":
                    break
            except TimeoutError:
                connection.sendall(b"x")
            except ConnectionError:
                break
    assert hasty.answers()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1e3\r\n\r\n", 400),
        (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", 400),
    ],
)  # fmt: skip
def test_what_is_no_good_http_is_refused_in_words(hasty: Live, sent: bytes, status: int) -> None:
    reply = hasty.send(sent)
    assert (reply.status, reply.is_problem) == (status, True)
    assert hasty.answers()


def test_nothing_of_a_refused_request_is_taken_for_another(hasty: Live) -> None:
    smuggled = b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with hasty.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled)
        assert read_reply(connection).status == 400
        with suppress(ConnectionError):
            assert connection.recv(65536) == b""


def test_more_connections_than_are_taken_are_told_so(measured: Measured) -> None:
    limits = ConnectionSettings(max_connections=3, head_timeout_s=60)
    with live(Settings(service=ServiceSettings(connections=limits)), measured.metrics) as service:
        held: list[socket.socket] = []
        for _ in range(3):
            connection = service.connect()
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_reply(connection).status == 200
            held.append(connection)
        reply = service.send(request("GET", "/healthz"))
        assert (reply.status, reply.is_problem, reply.headers["retry-after"]) == (503, True, "1")
        for connection in held:
            connection.close()
        while service.send(request("GET", "/healthz")).status == 503:
            pass
        assert service.answers()


def test_there_is_no_upgrade_to_another_protocol(hasty: Live) -> None:
    upgrade = request("GET", "/healthz", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    assert hasty.send(upgrade).status == 200
