"""Signing in and out in a real browser, with an issuer and with a key, and what a browser keeps of it."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import CollectorRegistry

from averment.core.access import Role
from averment.core.settings import ServiceSettings, Settings
from averment.core.sign_in_settings import SignInSettings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.core.testing.sealing import PlainTexts
from averment.service.analysis_store import AnalysisStore
from averment.service.app import create_app
from averment.service.identity.api_keys import KeyTerms
from averment.service.identity.first_key import one_time_link
from averment.service.identity.gate import Gate
from averment.service.identity.store import AccessStore
from averment.service.metrics import Measuring, ServiceMetrics
from tests.e2e.browsing import WAIT_MS, browsing

pytestmark = pytest.mark.slow

KEY = "avm_test"
QUESTION = "What is the term?"
WELCOME = "What do you want to know?"


@dataclass(frozen=True)
class Door:
    """A service with doubles behind it, and who signs in there."""

    url: str
    gate: Gate
    clock: FixedClock
    issuer: Any

    def over(self) -> None:
        """Let every session end of itself."""
        self.clock.advance(self.gate.settings.sign_in.session_max_s + 1)


@contextmanager
def _door(*, with_issuer: bool) -> Iterator[Door]:
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        clock, issuer, chosen = FixedClock(), None, SignInSettings()
        if with_issuer:
            pytest.importorskip("joserfc")
            from tests.local_issuer import CLIENT_ID, CLIENT_SECRET, local_issuer

            issuer = stack.enter_context(local_issuer(public_url=url))
            issuer.now = lambda: clock.now().timestamp()
            chosen = SignInSettings.model_validate(
                {
                    "issuer": issuer.url,
                    "client_id": CLIENT_ID,
                    "client_secret": CLIENT_SECRET,
                    "analyst_groups": ["legal"],
                    "reviewer_groups": ["audit"],
                }
            )
        settings = Settings(sign_in=chosen, service=ServiceSettings(public_url=url))
        gate = Gate(AccessStore(None), settings=settings, clock=clock)
        gate.keys.adopt(KEY, KeyTerms(name="api-key", subject="api-key", groups=("everyone",), roles=(Role.ANALYST,)))
        app = create_app(
            settings,
            backend=DoubleBackend(),
            store=AnalysisStore(None, sealing=PlainTexts()),
            gate=gate,
            measuring=Measuring(
                metrics=ServiceMetrics(MeterProvider().get_meter("averment")), registry=CollectorRegistry()
            ),
        )
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Door(url, gate, clock, issuer)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def with_issuer() -> Iterator[Door]:
    with _door(with_issuer=True) as door:
        yield door


@pytest.fixture
def with_key() -> Iterator[Door]:
    with _door(with_issuer=False) as door:
        yield door


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as started:
        yield started


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def _sign_in(page: Any, *, key: str | None = None) -> None:
    if key is not None:
        page.get_by_label("Key", exact=True).fill(key)
    page.get_by_role("button", name="Sign in").click()


def _ask(page: Any) -> None:
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".answer").wait_for()


def _kept(page: Any) -> str:
    """Return everything that scripts find in this browser."""
    kept = page.evaluate(
        "() => [{...localStorage}, {...sessionStorage}, document.cookie, history.state, location.href]"
    )
    return json.dumps(kept)


def test_one_signs_in_with_the_issuer_asks_and_leaves_nothing_behind(page: Any, with_issuer: Door) -> None:
    page.goto(f"{with_issuer.url}/#/documents")
    assert page.get_by_label("Key", exact=True).count() == 0
    _sign_in(page)
    page.get_by_role("heading", name="Documents").wait_for()
    assert page.url == f"{with_issuer.url}/#/documents"
    assert page.locator(".account").inner_text().split() == ["anna", "Analyst"]
    assert page.locator(".views a").all_inner_texts() == ["Ask", "Documents"]
    page.get_by_role("link", name="Ask").click()
    _ask(page)
    with page.expect_request(re.compile(re.escape(f"{with_issuer.issuer.url}/end?"))):
        page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.context.cookies() == []
    page.evaluate("() => history.back()")
    page.wait_for_url(re.compile("#/"))
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.locator(".app, .answer").count() == 0
    assert QUESTION not in page.content()


def test_nothing_that_scripts_can_read_is_a_secret(page: Any, with_key: Door) -> None:
    page.goto(with_key.url)
    page.get_by_text("open the link that averment serve printed").wait_for()
    _sign_in(page, key=KEY)
    page.get_by_role("heading", name=WELCOME).wait_for()
    _ask(page)
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["secure"]) == ("__Host-averment", True, True)
    found = _kept(page)
    assert KEY not in found
    assert cookie["value"] not in found
    assert page.evaluate("() => sessionStorage.length") == 0
    page.reload()
    page.locator(".answer").wait_for()


def test_the_printed_link_opens_the_page(page: Any, with_key: Door) -> None:
    link = one_time_link(with_key.gate, with_key.gate.keys.list()[0], address=with_key.url)
    page.goto(link)
    page.get_by_role("heading", name=WELCOME).wait_for()
    assert page.url.partition("#")[0] == f"{with_key.url}/"


def test_a_session_that_ends_in_the_middle_takes_nothing_that_was_typed(page: Any, with_key: Door) -> None:
    page.goto(with_key.url)
    _sign_in(page, key=KEY)
    _ask(page)
    with_key.over()
    page.get_by_label("Your question").fill("And the rent?")
    page.keyboard.press("Enter")
    page.get_by_text("Your session is over.").wait_for()
    assert not page.locator(".app").is_visible()
    _sign_in(page, key="avm_wrong")
    page.get_by_text("This key is not the service's.").wait_for()
    _sign_in(page, key=KEY)
    page.locator(".answer").nth(1).wait_for()
    assert page.locator(".question").all_inner_texts() == [QUESTION, "And the rent?"]


def test_the_issuer_has_a_tab_of_its_own_while_a_page_waits(page: Any, with_issuer: Door) -> None:
    page.goto(with_issuer.url)
    _sign_in(page)
    page.get_by_label("Your question").fill("A draft")
    with_issuer.over()
    page.get_by_role("link", name="Documents").click()
    page.get_by_text("Your session is over.").wait_for()
    with page.context.expect_page() as opened:
        _sign_in(page)
    page.get_by_role("heading", name="Documents").wait_for()
    if not opened.value.is_closed():
        opened.value.wait_for_event("close")
    page.get_by_role("link", name="Ask").click()
    assert page.get_by_label("Your question").input_value() == "A draft"


def test_whoever_else_signs_in_sees_nothing_of_the_page_before(page: Any, with_issuer: Door) -> None:
    page.goto(with_issuer.url)
    _sign_in(page)
    _ask(page)
    with_issuer.over()
    with_issuer.issuer.user = {"sub": "bert", "groups": ["audit"]}
    page.get_by_role("link", name="Documents").click()
    page.get_by_text("Your session is over.").wait_for()
    _sign_in(page)
    page.locator(".account").get_by_text("bert").wait_for()
    assert page.locator(".views a").all_inner_texts() == ["Documents", "Oversight"]
    assert QUESTION not in page.content()


def test_signing_out_in_one_tab_empties_the_others(page: Any, with_key: Door) -> None:
    page.goto(with_key.url)
    _sign_in(page, key=KEY)
    _ask(page)
    other = page.context.new_page()
    other.goto(with_key.url)
    other.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert QUESTION not in page.content()
