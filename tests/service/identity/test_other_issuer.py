"""A sign-in with an issuer that others wrote (oidc-provider-mock): a second opinion on the protocol."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from averment.core.settings import ServiceSettings, Settings
from averment.core.sign_in_settings import SignInSettings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from tests.service.conftest import PUBLIC_URL, Measured, as_browser, serve

pytest.importorskip("joserfc")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the libraries it is made of


@pytest.fixture
def other() -> Iterator[str]:
    mock = pytest.importorskip("oidc_provider_mock")
    user = mock.User(sub="anna", claims={"groups": ["legal"]})
    with mock.run_server_in_thread(user_claims=[user]) as server:
        yield f"http://localhost:{server.server_port}"


def test_a_sign_in_with_an_issuer_that_others_wrote(other: str, backend: DoubleBackend, measured: Measured) -> None:
    sign_in = SignInSettings.model_validate({"issuer": other, "client_id": "c", "client_secret": "s"})
    settings = Settings(sign_in=sign_in, service=ServiceSettings(public_url=PUBLIC_URL, tls_at_proxy=True))
    with as_browser(serve(backend, settings, measured.metrics, clock=FixedClock(datetime.now(UTC)))) as browser:
        begun = browser.get("/auth/login")
        back = httpx.post(begun.headers["location"], data={"sub": "anna"}, trust_env=False)
        assert re.match(PUBLIC_URL + r"/auth/callback\?code=", back.headers["location"])
        assert browser.get(back.headers["location"]).status_code == 303
        who = browser.get("/auth/session").json()["principal"]
        assert (who["subject"], who["groups"]) == (f"{other}#anna", ["everyone", "legal"])
