"""The page of those who operate the service, in a real browser: what it tells, to whom, and what it never shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browsing import ask, browsing, opened, serious, sign_in
from tests.e2e.installation import Installation, make_installation
from tests.e2e.serving import Served, serving
from tests.e2e.test_service import LEASE, QUESTION

pytestmark = pytest.mark.slow

PARTS = {"overview": ".readiness", "flows": ".grid", "endpoints": ".empty", "quarantine": ".grid", "costs": ".grid"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return an installation that has read one file and set another aside, and names a scheduler that is away."""
    root = tmp_path_factory.mktemp("operations")
    folder = root / "documents"
    folder.mkdir()
    (folder / "lease.txt").write_text(LEASE, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    make_installation(root)
    assert Installation(root).run("ingest", "documents").code == 1
    return Installation(root, extra={"PREFECT_API_URL": "http://127.0.0.1:9/api"})


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    with serving(installation) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as started:
        yield started


def part(page: Any, served: Served, name: str) -> Any:
    """Open a part of the page and wait until it is loaded."""
    page.goto(f"{served.url}/#/operations/{name}")
    shown = page.locator(".part")
    shown.locator(PARTS[name]).first.wait_for()
    return shown


def test_an_administrator_sees_how_the_service_is_and_nothing_of_what_is_asked(browser: Any, served: Served) -> None:
    with opened(browser, served) as page:
        sign_in(page, served)
        ask(page, QUESTION)
        page.get_by_role("link", name="Operations").click()
        shown = page.locator(".part")
        shown.get_by_role("heading", name="Ready", exact=True).wait_for()
        assert shown.locator(".state[data-tone=good]").count() == 5
        shown.get_by_role("link", name="1 item set aside").click()
        row = shown.get_by_role("row").filter(has_text="broken.pdf")
        row.wait_for()
        assert "DOC004" in row.inner_text()
        told = {name: part(page, served, name).inner_text() for name in PARTS}
    assert "the Prefect server that PREFECT_API_URL names does not answer" in told["flows"]
    assert "Answered" in told["flows"]
    assert "filesystem" in told["flows"]
    assert "No model endpoint is set" in told["endpoints"]
    assert "trial" in told["costs"]
    assert QUESTION not in "".join(told.values())
    assert "lease" not in "".join(told.values())


def test_another_period_is_asked_for_and_what_was_spent_stands_by_day(browser: Any, served: Served) -> None:
    with opened(browser, served) as page:
        sign_in(page, served)
        ask(page, QUESTION)
        shown = part(page, served, "costs")
        with page.expect_response("**/v1/operations/costs?days=7") as answered:
            shown.get_by_label("Period").select_option("7")
        assert answered.value.json()["spent"][0]["purpose"] == "trial"
        assert shown.locator("tbody tr").count() == 1


def test_who_administrates_nothing_is_not_shown_the_page(
    browser: Any, served: Served, installation: Installation
) -> None:
    made = installation.ok("keys", "create", "asks-only", "--group", "everyone", "--role", "analyst", "--json").json()
    with opened(browser, served) as page:
        page.get_by_label("Key", exact=True).fill(made["secret"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="What do you want to know?").wait_for()
        assert page.get_by_role("link", name="Operations").count() == 0
        page.goto(f"{served.url}/#/operations")
        page.get_by_role("heading", name="What do you want to know?").wait_for()
        assert page.locator(".readiness").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_wrong_for_those_who_use_the_page_otherwise(
    browser: Any, served: Served, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    size = {"width": 390, "height": 844} if scheme == "dark" else {"width": 1440, "height": 900}
    script = Path(axe.__file__).parent / "axe.min.js"
    with opened(browser, served, color_scheme=scheme, viewport=size, bypass_csp=True, reduced_motion="reduce") as page:
        sign_in(page, served)
        ask(page, QUESTION)
        for name in PARTS:
            part(page, served, name)
            assert serious(page, script) == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            place = page.locator(".parts [aria-current]").bounding_box()
            assert 0 <= place["x"] <= place["x"] + place["width"] <= size["width"], name
