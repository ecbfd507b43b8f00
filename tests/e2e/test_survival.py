"""The service killed at seeded points during analyses: nothing accepted is lost, nothing answered outside the log."""

import json
import os
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.installation import Installation
from tests.e2e.serving import Served, serving
from tests.e2e.test_service import QUESTION, make_corpus

pytestmark = pytest.mark.slow

KILLS = 20 if os.environ.get("AVERMENT_TEST_LONG") else 2
A_LIFE = 3
"""Questions that are asked in each life of the service."""
MOST_OUTSTANDING = 12
PATIENCE_S = 120


@dataclass
class Client:
    """Asks, follows every analysis to its end over any number of connections, and keeps each event it hears."""

    heard: dict[str, list[tuple[int, str, Any]]] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    enough: threading.Event = field(default_factory=threading.Event)
    left: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, served: Served, key: str) -> None:
        """Ask with a key; asked again with the same key it is the same analysis."""
        with served.client() as http:
            body = {"question": f"{QUESTION} {key}"}
            response = http.post("/v1/analyses", json=body, headers={"Idempotency-Key": key})
            again = http.post("/v1/analyses", json=body, headers={"Idempotency-Key": key})
        assert response.status_code == 202, response.text
        identity = response.json()["id"]
        assert again.json()["id"] == identity
        assert self.answered.setdefault(key, identity) == identity
        self.heard.setdefault(identity, [])

    @property
    def outstanding(self) -> list[str]:
        """Return the analyses whose end was not heard."""
        return [identity for identity, events in self.heard.items() if not events or events[-1][1] != "end"]

    def follow_all(self, served: Served) -> list[threading.Thread]:
        """Follow every outstanding analysis behind the last event heard of it."""
        threads = [threading.Thread(target=self._follow, args=(served, one), daemon=True) for one in self.outstanding]
        for thread in threads:
            thread.start()
        return threads

    def _follow(self, served: Served, identity: str) -> None:
        events = self.heard[identity]
        headers = {"Last-Event-ID": str(events[-1][0])} if events else {}
        try:
            with served.client() as http, http.stream(
                "GET", f"/v1/analyses/{identity}/events", headers=headers
            ) as response:  # fmt: skip
                assert response.status_code == 200
                number, name = -1, ""
                for line in response.iter_lines():
                    if line.startswith("id: "):
                        number = int(line[4:])
                    elif line.startswith("event: "):
                        name = line[7:]
                    elif line.startswith("data: "):
                        self._hear(events, (number, name, json.loads(line[6:])))
        except httpx.HTTPError:
            pass  # the service is gone; the next life goes on

    def _hear(self, events: list[tuple[int, str, Any]], event: tuple[int, str, Any]) -> None:
        with self.lock:
            events.append(event)
            self.left -= 1
            if self.left <= 0:
                self.enough.set()


def test_no_accepted_analysis_is_lost_or_answered_twice_or_without_its_entry(tmp_path: Path) -> None:
    chance = random.Random(20)
    # So many kills in a row are more than an analysis outlives by default.
    runs = {"AVERMENT_SERVICE__MAX_ANALYSIS_RUNS": "100"}
    installation = Installation(make_corpus(tmp_path / "killed").root, extra=runs)
    client = Client()
    for life in range(KILLS):
        with serving(installation) as served:
            # Let some lives end right after the questions were accepted, others between any two events.
            client.left, client.enough = chance.randint(0, 6), threading.Event()
            is_room = len(client.outstanding) < MOST_OUTSTANDING  # more would be refused, with 429
            for number in range(A_LIFE if is_room else 0):
                client.ask(served, f"{life}-{number}")
            threads = client.follow_all(served)
            if client.left > 0:
                assert client.enough.wait(PATIENCE_S), "no events came"
            served.process.kill()
            served.process.wait()
            for thread in threads:
                thread.join(PATIENCE_S)
            assert_quiet(served)
    with serving(installation) as served:
        second = installation.run_alone("serve", "--port", "0")
        assert second.code == 3, second.stderr  # one process at a time
        for key in list(client.answered):
            client.ask(served, key)  # the keys are known after every kill
        for thread in client.follow_all(served):
            thread.join(PATIENCE_S)
        assert client.outstanding == []
        with served.client() as http:
            records = {one: http.get(f"/v1/analyses/{one}").json() for one in client.heard}
            listed = [row["id"] for row in http.get("/v1/analyses").json()["data"]]
        assert listed == sorted(client.heard, reverse=True)
        assert_quiet(served)
        served.stop()
    check_client(client, records)
    check_log(installation, records)


def assert_quiet(served: Served) -> None:
    """The service told of no error of its own."""
    written = "".join(served.lines)
    assert "Traceback" not in written
    assert '"level": "error"' not in written, written


def check_client(client: Client, records: dict[str, Any]) -> None:
    """Every event was heard once and in order, and the answer is the one that is kept."""
    for identity, events in client.heard.items():
        assert [number for number, _, _ in events] == list(range(len(events)))
        names = [name for _, name, _ in events]
        assert names[-2:] == ["answer", "end"], events[-2:]
        assert names.count("answer") == 1
        assert records[identity]["status"] == "completed"
        assert events[-2][2]["receipt"] == records[identity]["answer"]["receipt"]


def check_log(installation: Installation, records: dict[str, Any]) -> None:
    """Each analysis is completed once in the log, where its receipt says; each run that was begun has its own end."""
    installation.ok("audit", "verify")
    entries = installation.ok("audit", "show", "--json").json()["entries"]
    of_analyses = [entry for entry in entries if str(entry["type"]).startswith("analysis.")]
    completed = [entry for entry in of_analyses if entry["type"] == "analysis.completed"]
    assert Counter(entry["data"]["answer_id"] for entry in completed) == Counter(list(records))
    for entry in completed:
        assert records[entry["data"]["answer_id"]]["answer"]["receipt"]["index"] == entry["seq"]
    started = sorted(entry["seq"] for entry in of_analyses if entry["type"] == "analysis.started")
    ended = sorted(entry["parents"][0] for entry in of_analyses if entry["type"] != "analysis.started")
    assert started == ended
    for entry in of_analyses:
        if entry["type"] == "analysis.failed":
            assert (entry["data"]["code"], entry["data"]["stage"]) == ("SVC001", "service")
