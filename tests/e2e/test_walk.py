"""The whole way in a browser: three people sign in at an issuer, one asks and reads, one overrides, one proves it.

Nothing is a double but the issuer's user, who needs no password: the service is a process with a log of its own.
"""

import json
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from averment.compliance.averment_verify import main as verify
from tests.e2e.browsing import ask, browsing
from tests.e2e.highlights import PLACE, assert_marked, words_of
from tests.e2e.installation import Installation, make_installation
from tests.e2e.serving import Served, serving

pytestmark = pytest.mark.slow

AMENDMENT = "amendment-no-1-to-master-services-agreement.pdf"
QUESTION = "Within how many hours must Velmere report a Security Incident under Amendment No. 1?"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Installation:
    made = make_installation(tmp_path_factory.mktemp("walk"))
    folder = made.root / "documents"
    folder.mkdir()
    shutil.copy(repo / "examples" / "documents" / AMENDMENT, folder)
    made.ok("ingest", "documents", "--json")
    return made


@pytest.fixture(scope="module")
def port() -> int:
    """Return a free port: the issuer must know the service's address before the service runs."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def issuer(port: int) -> Iterator[Any]:
    pytest.importorskip("joserfc")
    from tests.local_issuer import local_issuer

    with local_issuer(public_url=f"http://127.0.0.1:{port}") as running:
        yield running


@pytest.fixture(scope="module")
def served(installation: Installation, issuer: Any, port: int) -> Iterator[Served]:
    from tests.local_issuer import CLIENT_ID, CLIENT_SECRET

    chosen = {
        "AVERMENT_SERVICE__PORT": str(port),
        "AVERMENT_SERVICE__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "AVERMENT_SIGN_IN__ISSUER": issuer.url,
        "AVERMENT_SIGN_IN__CLIENT_ID": CLIENT_ID,
        "AVERMENT_SIGN_IN__CLIENT_SECRET": CLIENT_SECRET,
        "AVERMENT_SIGN_IN__ANALYST_GROUPS": '["asks"]',
        "AVERMENT_SIGN_IN__REVIEWER_GROUPS": '["reviews"]',
        "AVERMENT_SIGN_IN__COMPLIANCE_OFFICER_GROUPS": '["answers-for-it"]',
        "AVERMENT_OVERSIGHT__REVIEW_SHARE": "1.0",
    }
    with serving(replace(installation, extra={**installation.extra, **chosen}), port=port) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as started:
        yield started


def come_in(browser: Any, served: Served, issuer: Any, *, subject: str, groups: tuple[str, ...]) -> Any:
    """Sign in at the issuer in a browser of one's own, and return the page."""
    issuer.user = {"sub": subject, "groups": groups}
    page = browser.new_context(accept_downloads=True, locale="en-GB").new_page()
    page.goto(served.url)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".account").get_by_text(subject).wait_for()
    return page


def test_from_sign_in_to_proof(
    browser: Any, served: Served, issuer: Any, installation: Installation, tmp_path: Path
) -> None:
    exported, policy = tmp_path / "answer.json", tmp_path / "log.tlog-policy"

    anna = come_in(browser, served, issuer, subject="anna", groups=("asks", "legal"))
    told: list[str] = []
    anna.expose_function("tellStep", lambda step: told.append(step))  # noqa: PLW0108 - the driver marks what it is given
    anna.evaluate(
        "() => new MutationObserver(() => document.querySelectorAll('.steps li, .progress li')"
        ".forEach((one) => tellStep(one.innerText))).observe(document.body, { childList: true, subtree: true })"
    )
    answer = ask(anna, QUESTION)
    assert any("Planned as" in step for step in told), "steps are seen while they happen"
    assert "twenty-four (24) hours" in answer.inner_text()
    with anna.expect_response(re.compile(r"/pages/\d+\.png\?")) as pictured:
        answer.locator('[data-kind="quote"] .citation').first.click()
    anna.locator(PLACE).first.wait_for()
    address = pictured.value.url
    facts = anna.request.get(address.replace(".png", "").rpartition("&resolution")[0]).json()
    (highlight,) = facts["highlights"]
    assert "twenty-four (24) hours" in words_of(facts, highlight)
    assert_marked(anna.request.get(address).body(), highlight["boxes"], facts)
    answer.locator(".exports summary").click()
    with anna.expect_download() as download:
        answer.get_by_role("button", name="Data (JSON)").click()
    download.value.save_as(exported)
    assert anna.get_by_role("link", name="Oversight").count() == 0

    bert = come_in(browser, served, issuer, subject="bert", groups=("reviews", "asks", "legal"))
    bert.get_by_role("link", name="Oversight").click()
    bert.get_by_role("button", name="Review", exact=True).first.click()
    bert.locator(".case .citation").first.wait_for()
    bert.locator(PLACE).first.wait_for()
    bert.get_by_label(re.compile("^Override")).check()
    bert.locator(".decision select").select_option("figure")
    bert.get_by_label("Corrected text").fill("Within a day.")
    bert.get_by_role("button", name="Record the decision").click()
    bert.get_by_text("Recorded. The review is closed.").wait_for()
    anna.reload()
    anna.get_by_text("Overridden by review. Do not use it as it was given.").wait_for()

    carol = come_in(browser, served, issuer, subject="carol", groups=("answers-for-it",))
    carol.goto(f"{served.url}/#/compliance/check")
    carol.locator('.checking input[type="file"]').set_input_files(exported)
    carol.get_by_role("heading", name="It verifies").wait_for()
    with carol.expect_download() as download:
        carol.get_by_role("button", name="Save the policy").click()
    download.value.save_as(policy)
    assert verify([str(exported), "--policy", str(policy)]) == 0
    changed = json.loads(exported.read_text(encoding="utf-8"))
    changed["claims"][0]["citations"][0]["start"] += 1
    exported.write_text(json.dumps(changed), encoding="utf-8")
    carol.locator('.checking input[type="file"]').set_input_files(exported)
    carol.get_by_role("heading", name="It does not verify").wait_for()
    assert verify([str(exported), "--policy", str(policy)]) != 0
    for kind in ("access.signed-in", "analysis.completed", "review.closed", "access.exported"):
        assert installation.ok("audit", "show", "--type", kind, "--json").json()["entries"], kind
