"""`/v1/oversight` over a real log: the queue, the stop and the report, for reviewers only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from averment.compliance.overseer import Oversight
from averment.core.data_dir import DataDir
from averment.core.oversight import Standing
from averment.core.record_settings import OversightSettings
from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend
from tests.compliance.oversight.office import Office, open_office
from tests.service.conftest import Measured, serve

SETTINGS = OversightSettings(reviewers=("api-key",), review_share=1.0)


class Overseen(DoubleBackend):
    """A backend with the desks of a real log."""

    def __init__(self, oversight: Oversight) -> None:
        super().__init__()
        self.oversight = oversight

    def refuse_if_stopped(self, purpose: str) -> None:
        self.oversight.refuse(purpose)

    def review_of(self, answer_id: str) -> Standing | None:
        return self.oversight.reviews.standing(answer_id)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


@pytest.fixture
def overseen(office: Office, tmp_path: Path) -> Overseen:
    place = DataDir(root=tmp_path, format=1)
    return Overseen(Oversight(place, audit=office.recorder, settings=Settings(oversight=SETTINGS), clock=office.clock))


@pytest.fixture
def client(overseen: Overseen, measured: Measured) -> Iterator[TestClient]:
    with serve(overseen, Settings(oversight=SETTINGS), measured.metrics) as opened:
        yield opened


def test_a_review_from_list_to_report(client: TestClient, overseen: Overseen, office: Office) -> None:
    overseen.oversight.open_for(office.answer("a-1"), subject="anna")
    (review,) = client.get("/v1/oversight/reviews").json()["data"]
    case = client.post(f"/v1/oversight/reviews/{review['id']}/take").json()
    assert (case["question"], case["review"]["answer_id"]) == ("What is the term?", "a-1")
    assert client.get(f"/v1/oversight/reviews/{review['id']}").json()["answer"] == case["answer"]
    office.clock.advance(12)
    body = {"decision": "override", "reason": "figure", "correction": "Seven years."}
    decided = client.post(f"/v1/oversight/reviews/{review['id']}/decision", json=body).json()
    assert decided["decisions"][0]["seconds_viewed"] == 12
    assert client.get("/v1/oversight/reviews", params={"closed": True}).json()["data"] == [decided]
    made = client.get("/v1/oversight/report", params={"from": "2026-01-01"}).json()
    assert (made["decisions"]["override"], made["overridden"]["share"]) == (1, 1.0)
    assert client.get("/v1/oversight/report", params={"from": "soon"}).status_code == 422


def test_lists_come_in_pieces_and_the_cursor_of_one_is_none_of_another(
    client: TestClient, overseen: Overseen, office: Office
) -> None:
    for number in range(3):
        overseen.oversight.open_for(office.answer(f"a-{number}"), subject="anna")
    for reason in ("one", "two"):
        client.post("/v1/oversight/stop", json={"reason": reason, "purpose": reason})
    for path, n_items in (("reviews", 3), ("stops", 2)):
        whole = client.get(f"/v1/oversight/{path}").json()
        assert (len(whole["data"]), whole["next_cursor"]) == (n_items, None)
        first = client.get(f"/v1/oversight/{path}", params={"limit": n_items - 1}).json()
        rest = client.get(f"/v1/oversight/{path}", params={"cursor": first["next_cursor"]}).json()
        assert (first["data"] + rest["data"], rest["next_cursor"]) == (whole["data"], None)
        cursor = first["next_cursor"]
        for elsewhere in ("documents/quarantine?", "oversight/reviews?closed=true&"):
            refused = client.get(f"/v1/{elsewhere}cursor={cursor}")
            assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_a_stop_refuses_new_questions_until_it_is_lifted(client: TestClient) -> None:
    stopped = client.post("/v1/oversight/stop", json={"reason": "wrong-figures"})
    assert (stopped.status_code, stopped.json()["purpose"]) == (200, None)
    for path, body in (
        ("/v1/analyses", {"question": "q"}),
        ("/v1/chat/completions", {"model": "averment", "messages": [{"role": "user", "content": "q"}]}),
    ):
        refused = client.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (503, "POL005")
        assert "wrong-figures" in refused.json()["detail"]
    assert [stop["reason"] for stop in client.get("/v1/oversight/stops").json()["data"]] == ["wrong-figures"]
    assert len(client.post("/v1/oversight/resume", json={"reason": "mended"}).json()["data"]) == 1
    assert client.post("/v1/analyses", json={"question": "q"}).status_code == 202


def test_who_is_no_reviewer_may_only_see_what_is_stopped(overseen: Overseen, measured: Measured) -> None:
    with serve(overseen, Settings(), measured.metrics) as client:
        assert client.get("/v1/oversight/stops").json()["data"] == []
        assert client.get("/v1/oversight/reviews").status_code == 403
        assert client.get("/v1/oversight/report").status_code == 403
        for path in ("stop", "resume"):
            assert client.post(f"/v1/oversight/{path}", json={"reason": "x"}).status_code == 403


def test_an_analysis_says_what_became_of_its_answer_and_of_the_one_it_follows(
    client: TestClient, overseen: Overseen, office: Office
) -> None:
    overseen.oversight.open_for(office.answer("a-1"), subject="anna")
    started = client.post("/v1/analyses", json={"question": "q", "after": "a-1"}).json()
    overseen.oversight.open_for(office.answer(started["id"]), subject="anna")
    with client.stream("GET", f"/v1/analyses/{started['id']}/events") as events:
        events.read()
    found = client.get(f"/v1/analyses/{started['id']}").json()
    assert (found["review"]["state"], found["after_review"]["answer_id"]) == ("open", "a-1")
