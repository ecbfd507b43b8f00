"""The page of a running service in a real browser: the system's Chromium, driven by Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.serving import Served

CHROMIUM = Path("/usr/bin/chromium")
WAIT_MS = 12_000


@contextmanager
def browsing() -> Iterator[Any]:
    """Start the browser; it reaches loopback alone."""
    api = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: make setup-system FEATURES=browser")
    with api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Any, served: Served, **options: Any) -> Iterator[Any]:
    """Open the page in a fresh profile and fail on whatever the browser complains of."""
    context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, **options})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _complains(message) else None)
    page.goto(served.url)
    try:
        yield page
        assert not complaints, complaints
    finally:
        context.close()


def _complains(message: Any) -> bool:
    """Tell what is wrong from what is not: being told that nobody is signed in is how the page learns of it."""
    is_not_signed_in = "status of 401" in message.text and message.location["url"].endswith("/auth/session")
    return message.type == "error" and not is_not_signed_in


def sign_in(page: Any, served: Served) -> None:
    """Sign in with the key."""
    page.get_by_label("Key", exact=True).fill(served.key)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="What do you want to know?").wait_for()


def ask(page: Any, question: str, *, number: int = 0) -> Any:
    """Ask, and return the answer; `number` counts those of the conversation from 0."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    answer = page.locator(".answer").nth(number)
    answer.wait_for()
    return answer
