"""What a Prefect server has scheduled is read with bodies that every version of it takes, without parameters."""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from averment.core.errors import ConfigurationError, SourceUnavailable
from averment.core.jsonable import to_json
from averment.flows.schedule import PrefectServer, read_schedule, server_of

ROWS: Mapping[str, list[dict[str, object]]] = {
    "SCHEDULED": [
        {
            "flow_id": "f1",
            "deployment_id": "d1",
            "state_name": "Late",
            "expected_start_time": "2026-01-03T02:00:00Z",
            "start_time": None,
            "end_time": None,
            "parameters": {"source": "secret folder"},
        }
    ],
    "RUNNING": [
        {"flow_id": "f2", "state_type": "COMPLETED", "start_time": "2026-01-02T02:00:01+00:00", "end_time": "soon"}
    ],
}
NAMES = {
    "flows": [{"id": "f1", "name": "ingest-corpus"}, {"id": "f2", "name": "check-drift"}],
    "deployments": [{"id": "d1", "name": "nightly-contracts"}],
}


class Server(ThreadingHTTPServer):
    """Answers as Prefect's API does, and keeps what it was asked."""

    asked: list[tuple[str, object, str | None]]
    answer: object = None


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        noun = self.path.split("/")[-2]
        self.server.asked.append((self.path, body, self.headers["Authorization"]))
        answer = self.server.answer
        if answer is None and noun == "flow_runs":
            states = body["flow_runs"]["state"]["type"]["any_"]
            answer = next(rows for state, rows in ROWS.items() if state in states)
        raw = json.dumps(NAMES[noun] if answer is None else answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def prefect() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/api"


def test_runs_are_told_with_names_states_and_times_and_nothing_else(prefect: Server) -> None:
    schedule = read_schedule(PrefectServer(url=address(prefect)))
    (coming,), (began,) = schedule.upcoming, schedule.begun
    assert (coming.flow, coming.deployment, coming.state) == ("ingest-corpus", "nightly-contracts", "Late")
    assert coming.scheduled_at == datetime(2026, 1, 3, 2, tzinfo=UTC)
    assert (began.flow, began.deployment, began.state, began.ended_at) == ("check-drift", None, "COMPLETED", None)
    assert "secret" not in json.dumps(to_json(schedule))
    assert "null" not in json.dumps(prefect.asked[0][1])


def test_what_opens_the_server_is_sent_and_not_shown(prefect: Server) -> None:
    server = server_of({"PREFECT_API_URL": address(prefect) + "/", "PREFECT_API_AUTH_STRING": "me:pass"})
    assert server is not None
    assert "pass" not in repr(server)
    assert "Basic" not in repr(server)
    read_schedule(server)
    assert prefect.asked[0][0] == "/api/flow_runs/filter"
    assert {authorization for _, _, authorization in prefect.asked} == {"Basic bWU6cGFzcw=="}
    keyed = server_of({"PREFECT_API_URL": "http://p/api", "PREFECT_API_KEY": "k"})
    assert keyed is not None
    assert keyed.authorization == "Bearer k"


@pytest.mark.parametrize("answer", [{"detail": "no"}, ["x"], 7])
def test_a_server_that_speaks_otherwise_is_unavailable(prefect: Server, answer: object) -> None:
    prefect.answer = answer
    with pytest.raises(SourceUnavailable, match="PREFECT_API_URL"):
        read_schedule(PrefectServer(url=address(prefect)))


def test_a_server_that_is_away_is_unavailable() -> None:
    with pytest.raises(SourceUnavailable, match="ConnectionRefusedError"):
        read_schedule(PrefectServer(url="http://127.0.0.1:9/api"))


def test_no_address_is_no_server_and_another_scheme_is_refused() -> None:
    assert server_of({}) is None
    with pytest.raises(ConfigurationError, match="http or https"):
        server_of({"PREFECT_API_URL": "file:///etc/passwd"})
