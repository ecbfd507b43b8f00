"""Who is let in how often, over HTTP: 429 with when to come again, counted without names."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from starlette.testclient import TestClient

from averment.core.access import Role
from averment.core.service_limits import LimitSettings
from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.service.admission.admission import address_of
from tests.service.conftest import Measured, serve, with_roles

Limited = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def limited(measured: Measured, clock: FixedClock) -> Iterator[Limited]:
    def opened(**limits: int) -> TestClient:
        settings = Settings(service=ServiceSettings(limits=LimitSettings(**limits)))
        return serve(DoubleBackend(), settings, measured.metrics, clock=clock)

    yield opened


def test_a_principal_has_so_many_requests_a_minute_and_is_told_what_is_left(
    limited: Limited, measured: Measured, clock: FixedClock
) -> None:
    with limited(requests_per_minute=2) as client:
        first = client.get("/v1/models")
        assert first.headers["ratelimit-policy"] == '"requests_per_minute";q=2;w=60'
        assert first.headers["ratelimit"] == '"requests_per_minute";r=1;t=30'
        assert client.get("/v1/models").status_code == 200
        refused = client.get("/v1/models")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "POL003"
        assert refused.headers["ratelimit"] == '"requests_per_minute";r=0;t=60'
        with_roles(client, Role.ANALYST)
        assert client.get("/v1/models").status_code == 200, "another principal has their own"
    assert measured.points()["averment_denials", (("limit", "requests_per_minute"),)] == 1


def test_a_key_has_a_limit_of_its_own(limited: Limited) -> None:
    with limited(key_requests_per_minute=1) as client:
        assert [client.get("/v1/models").status_code for _ in range(2)] == [200, 429]


def test_questions_of_the_day_run_out_and_other_requests_do_not(limited: Limited) -> None:
    with limited(questions_per_day=1) as client:
        assert client.post("/v1/analyses", json={"question": "q"}).status_code == 202
        chat = {"model": "averment", "messages": [{"role": "user", "content": "q"}]}
        for path, body in (("/v1/analyses", {"question": "q"}), ("/v1/chat/completions", chat)):
            refused = client.post(path, json=body)
            assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
        assert client.get("/v1/analyses").status_code == 200


def test_open_requests_of_one_principal_are_counted_until_they_end(limited: Limited) -> None:
    with limited(concurrent_requests=1) as client:
        assert [client.get("/v1/models").status_code for _ in range(3)] == [200] * 3
        admission = client.app.state.admission  # type: ignore[attr-defined]  # a FastAPI
        assert not admission._open
        client.get("/v1/documents/quarantine", params={"cursor": "x"})
        assert not admission._open, "one that was refused is over too"
        admission._open["default\napi-key"] = 1
        assert client.get("/v1/models").status_code == 429


def test_an_address_may_try_so_many_bad_keys_and_then_none(limited: Limited, clock: FixedClock) -> None:
    with limited(failed_keys_per_minute=2) as client:
        bad = {"Authorization": "Bearer avm_guess"}
        assert [client.get("/v1/models", headers=bad).status_code for _ in range(3)] == [401, 401, 429]
        assert client.get("/v1/models").status_code == 429, "a right guess is not told from a wrong one"
        clock.advance(60)
        assert client.get("/v1/models").status_code == 200


def test_sign_in_and_open_pages_have_their_own_limits_by_address(limited: Limited) -> None:
    with limited(sign_ins_per_minute=1, open_requests_per_minute=2) as client:
        assert [client.get("/auth/login").status_code for _ in range(2)] == [200, 429]
        assert [client.get(path).status_code for path in ("/healthz", "/", "/healthz")] == [200, 200, 429]
        assert client.get("/v1/models").status_code == 200


@pytest.mark.parametrize(
    ("host", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_whoever_owns_a_network_is_one_client(host: str, counts_as: str) -> None:
    assert address_of({"client": (host, 1)}) == counts_as
