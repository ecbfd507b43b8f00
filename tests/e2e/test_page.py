"""The page in a real browser: from sign-in over a question to the words on the page, and what must not happen."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageChops

from averment.compliance.averment_verify import main as verify
from tests.e2e.browsing import ask, browsing, opened, sign_in
from tests.e2e.installation import Installation, make_installation
from tests.e2e.serving import Served, serving
from tests.e2e.test_service import LEASE, QUESTION

pytestmark = pytest.mark.slow

HOSTILE = """SERVICES AGREEMENT

1. PARTIES. This Agreement is made between Kestrel Works Ltd and <img src=x onerror="document.title='owned'"> Ltd.

2. WARRANTY PERIOD. The warranty period is <script>document.title='owned'</script> eighteen (18) months from delivery.
"""
RENT = "What is the monthly rent under the lease?"
PLACE = ".stage:not([aria-busy]) :is(mark, .outline)"
YELLOW = 60  # how much less blue than red a marked pixel is


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Installation:
    """Return an installation that has read a turned and cropped PDF, a text with scripts in it, and an amendment."""
    root = tmp_path_factory.mktemp("page")
    folder = root / "documents"
    folder.mkdir()
    (folder / "lease.txt").write_text(LEASE, encoding="utf-8")
    (folder / "<b>services<i>.txt").write_text(HOSTILE, encoding="utf-8")
    source = (repo / "examples" / "documents" / "amendment-no-1-to-master-services-agreement.pdf").read_bytes()
    (folder / "turned.pdf").write_bytes(_turned(source))
    made = make_installation(root)
    assert made.ok("ingest", "documents", "--json").json()["added"] == 3
    return Installation(
        root,
        extra={"AVERMENT_OVERSIGHT__REVIEWERS": '["api-key"]', "AVERMENT_OVERSIGHT__REVIEW_SHARE": "1.0"},
    )


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    with serving(installation) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as started:
        yield started


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Any]:
    with opened(browser, served, accept_downloads=True) as page:
        sign_in(page, served)
        yield page


def _turned(content: bytes) -> bytes:
    """Keep the third and the fourth page of a PDF, turn them by 90 degrees and cut their margins off."""
    document = pypdfium2.PdfDocument.new()
    document.import_pages(pypdfium2.PdfDocument(content), pages=[2, 3])
    for sheet in document:
        width, height = sheet.get_size()
        sheet.set_cropbox(30, 40, width - 20, height - 10)
        sheet.set_rotation(90)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_wrong_key_is_refused_and_nothing_is_shown(browser: Any, served: Served) -> None:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(served.url)
    page.get_by_label("Schlüssel").fill("avm_wrong")
    page.keyboard.press("Enter")
    page.get_by_text("Das ist nicht der Schlüssel dieses Dienstes.").wait_for()
    assert page.evaluate("() => sessionStorage.length") == 0
    assert context.cookies() == []
    context.close()


def test_steps_are_told_in_the_readers_language(browser: Any, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.url)
    told = page.evaluate(
        """async () => {
            const { loadLanguage } = await import("/static/js/i18n.js");
            const { stepText } = await import("/static/js/steps.js");
            await loadLanguage("de");
            return [
                stepText({ code: "searched", facts: { passages: 1200, fresh: 0 }, summary: "Searched" }),
                stepText({ code: "escalating", facts: { hard: "schema", place: "in_house" }, summary: "Trying" }),
                stepText({ code: "not_computed", facts: { reason: "<b>" }, summary: "Not computed" }),
                stepText({ code: "newer_than_the_page", facts: {}, summary: "As it was said." }),
                stepText({ summary: "Of an older service." }),
            ];
        }"""
    )
    assert told == [
        "Gesucht: 1.200 Stellen, 0 davon neu.",
        "Versuch mit dem zweiten Modell, im Haus, weil die Antworten des ersten Modells ihre Form brachen.",
        "Nicht berechnet: <b>.",
        "As it was said.",
        "Of an older service.",
    ]
    context.close()


def test_a_question_leads_to_the_very_words_on_the_page(page: Any, served: Served) -> None:
    steps: list[str] = []
    page.on("response", lambda response: steps.append(response.url) if response.url.endswith("/events") else None)
    answer = ask(page, "Within how many hours must Velmere report a Security Incident under Amendment No. 1?")
    assert len(steps) == 1, "the steps were streamed"
    assert "twenty-four (24) hours" in answer.inner_text()
    quotation = answer.locator('[data-kind="quote"]').first
    with page.expect_response(re.compile(r"/pages/\d+\.png\?")) as pictured:
        quotation.locator(".citation").first.click()
    page.locator(".stage:not([aria-busy]) .sheet img").wait_for()
    place = pictured.value.url.partition(".png")[0]
    with served.client() as client:
        facts = client.get(place + "?" + pictured.value.url.partition("?")[2].rpartition("&resolution")[0]).json()
        png = client.get(pictured.value.url).content
    (highlight,) = facts["highlights"]
    assert "twenty-four (24) hours" in _words(facts, highlight)
    _assert_marked(png, highlight["boxes"], facts)
    assert facts["width"] > facts["height"], "the page is shown as turned"
    shown, outline = page.locator(".sheet").bounding_box(), page.locator(".outline").first.bounding_box()
    box = highlight["boxes"][0]
    assert (outline["x"] - shown["x"]) / shown["width"] == pytest.approx(box["x0"] / facts["width"], abs=0.01)
    assert (outline["y"] - shown["y"]) / shown["height"] == pytest.approx(box["y0"] / facts["height"], abs=0.01)
    assert page.locator(".evidence-quote").inner_text() in " ".join(quotation.inner_text().split())


def _words(facts: dict[str, Any], highlight: dict[str, Any]) -> str:
    words = facts["text"][max(0, highlight["start"] - facts["start"]) : highlight["end"] - facts["start"]]
    return " ".join(words.split())


def _assert_marked(png: bytes, boxes: list[dict[str, float]], facts: dict[str, Any]) -> None:
    """Compare the marked pixels of a picture with the boxes: inside all are, outside none is."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    scale = picture.width / facts["width"]
    red, _, blue = picture.split()
    yellow = ImageChops.subtract(red, blue).point(lambda value: 255 * (value > YELLOW))
    marked = {
        (x, y) for y in range(0, picture.height, 2) for x in range(0, picture.width, 2) if yellow.getpixel((x, y))
    }
    assert marked

    def within(x: float, y: float, margin: float) -> bool:
        return any(
            (box["x0"] - margin) * scale <= x <= (box["x1"] + margin) * scale
            and (box["y0"] - margin) * scale <= y <= (box["y1"] + margin) * scale
            for box in boxes
        )

    assert [point for point in marked if not within(*point, margin=2.5)] == []
    area = sum((box["x1"] - box["x0"]) * (box["y1"] - box["y0"]) for box in boxes) * scale * scale / 4
    assert len(marked) > 0.5 * area, "most of a box is paper, which is yellow then; letters stay dark"


def test_a_follow_up_says_as_what_it_was_understood_and_stays_one_conversation(page: Any) -> None:
    ask(page, RENT)
    later = ask(page, "And the term?", number=1)
    assert later.locator("xpath=..").get_by_text("Understood as", exact=True).is_visible()
    assert "Understood as" not in later.inner_text()
    page.locator(".history a").first.wait_for()
    assert page.locator(".history a").count() >= 1
    assert page.locator('.history a[aria-current="page"]').inner_text().startswith(RENT)
    page.reload()
    page.locator(".answer").nth(1).wait_for()
    assert page.locator(".question").all_inner_texts() == [RENT, "And the term?"]


def test_a_stream_that_breaks_is_read_on_behind_its_last_event(page: Any) -> None:
    """The first connection ends in the middle; the second one is asked for what came after."""
    asked: list[str | None] = []

    def once(route: Any) -> None:
        asked.append(route.request.headers.get("last-event-id"))
        if len(asked) > 1:
            route.continue_()
            return
        step = {"number": 1, "kind": "plan", "part": None, "summary": "A first step.", "duration_s": 0.1}
        body = f"id: 0\nevent: step\ndata: {json.dumps(step)}\n\n: keep-alive\n\nid: 1\nevent: st"
        route.fulfill(status=200, content_type="text/event-stream", body=body)

    page.route("**/events", once)
    ask(page, RENT)
    assert asked == [None, "0"]


def test_stop_asks_the_service_to_end_the_analysis(page: Any) -> None:
    page.route("**/events", lambda _route: None)  # an analysis that is never heard of
    page.get_by_label("Your question").fill(RENT)
    page.keyboard.press("Enter")
    with page.expect_request(lambda request: request.method == "DELETE") as cancelled:
        page.get_by_role("button", name="Stop", exact=True).click()
    assert re.search(r"/v1/analyses/[0-9a-f-]{36}$", cancelled.value.url)
    page.get_by_role("button", name="Stopping…").wait_for()


def test_places_are_counted_in_code_points_and_events_in_whole_blocks(page: Any) -> None:
    marked = page.evaluate(
        "async () => (await import('/static/js/evidence.js')).markedText('a𝔸é rent 𝔹', 4, 8)"
        ".querySelector('mark').textContent"
    )
    assert marked == "rent"
    events = page.evaluate(
        "async () => (await import('/static/js/sse.js')).takeEvents("
        "'id: 4\\nevent: step\\ndata: {\"a\":1}\\n\\n: x\\n\\ndata: {')"
    )
    assert events == [[{"id": 4, "event": "step", "data": {"a": 1}}], "data: {"]
    turns = page.evaluate(
        "async () => (await import('/static/js/conversations.js')).conversations(["
        "{id: 'c', question: 'C', after: 'gone'}, {id: 'b', question: 'B', after: 'a'},"
        "{id: 'a', question: 'A', after: null}"
        "]).map((one) => [one.id, one.title, one.turns.length])"
    )
    assert turns == [["c", "C", 1], ["b", "A", 2]]


def test_figures_are_shown_exactly(page: Any) -> None:
    shown = page.evaluate(
        "async () => { const { formatFigure, headline } = await import('/static/js/values.js'); return ["
        "formatFigure('123456789012345678.90', 'USD', 1000), formatFigure('1', 'day'),"
        "headline({type: 'boolean', value: false}),"
        "headline({type: 'date', value: '2026-07-01'}), headline({type: 'text', value: 'x'})] }"
    )
    assert shown == ["123,456,789,012,345,678.9 thousand USD", "1 day", "No", "1 July 2026", None]


def test_text_of_a_document_stays_text(page: Any, served: Served) -> None:
    page.locator(".scope-toggle").click()
    page.locator(".check", has_text="<b>services<i>.txt").click()
    answer = ask(page, "How long is the warranty period?")
    assert page.locator(".asked-as").inner_text() == "Limited to 1 document"
    assert "<script>document.title='owned'</script>" in answer.inner_text()
    answer.locator(".citation").first.click()
    mark = page.locator(".stage mark")
    mark.wait_for()
    assert "<script>" in mark.inner_text()
    assert 'onerror="document.title' in page.locator(".plain-text").inner_text()
    page.get_by_role("link", name="Documents").click()
    page.get_by_text("<b>services<i>.txt").wait_for()
    assert "owned" not in page.title()
    assert page.locator("main script, main img, main b").count() == 0


def test_the_keyboard_alone_goes_to_the_evidence_and_back(page: Any) -> None:
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".answer").wait_for()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("() => document.activeElement.classList.contains('citation')"):
            break
    number = page.evaluate("() => document.activeElement.dataset.number")
    page.keyboard.press("Enter")
    page.locator(".evidence h2:focus").wait_for()
    page.locator(PLACE).first.wait_for()
    page.keyboard.press("Escape")
    page.locator(f'.citation[data-number="{number}"]:focus').wait_for()
    assert not page.locator(".evidence").is_visible()


def test_an_answer_is_judged_taken_out_and_proves_itself(page: Any, installation: Installation, tmp_path: Path) -> None:
    answer = ask(page, RENT)
    answer.get_by_role("button", name="Wrong").click()
    page.keyboard.type("The deposit was meant.")
    answer.get_by_role("button", name="Send").click()
    answer.get_by_text("Recorded in the log").wait_for()
    answer.locator(".exports summary").click()
    with page.expect_download() as download:
        answer.get_by_role("button", name="Data (JSON)").click()
    path = tmp_path / "answer.json"
    download.value.save_as(path)
    assert json.loads(path.read_text(encoding="utf-8"))["question"] == RENT
    assert verify([str(path), "--policy", str(installation.evidence / "policy.tlog-policy")]) == 0


def test_a_reviewer_sees_the_claim_beside_its_source_and_decides(page: Any) -> None:
    ask(page, "How long does the lease run?")
    page.get_by_role("link", name="Oversight").click()
    page.get_by_role("button", name="Review", exact=True).last.click()
    page.locator(".case .citation").first.wait_for()
    page.locator(PLACE).first.wait_for()
    page.get_by_label(re.compile("^Override")).check()
    page.locator(".decision select").select_option("figure")
    page.get_by_label("Corrected text").fill("Three years and a day.")
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_text("Recorded. The review is closed.").wait_for()
    page.locator(".history a").first.click()
    page.get_by_text("Overridden by review. Do not use it as it was given.").wait_for()
    assert page.get_by_text("Three years and a day.").is_visible()


def test_a_stopped_system_says_so(page: Any, browser: Any, served: Served) -> None:
    page.get_by_role("link", name="Oversight").click()
    page.get_by_text("Stop answering").first.click()
    page.get_by_label("Reason, as a code").fill("wrong-figures")
    page.get_by_role("button", name="Stop answering").click()
    page.get_by_text("Stopped: everything (wrong-figures)").wait_for()
    with served.client() as client:
        assert client.post("/v1/analyses", json={"question": RENT}).status_code == 503
    page.get_by_label("Reason, as a code").fill("mended")
    page.get_by_role("button", name="Let answering go on").click()
    page.get_by_text("Answering goes on.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_wrong_for_those_who_use_the_page_otherwise(
    browser: Any, served: Served, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    size = {"width": 390, "height": 844} if scheme == "dark" else {"width": 1440, "height": 900}
    script = Path(axe.__file__).parent / "axe.min.js"
    with opened(browser, served, color_scheme=scheme, viewport=size, bypass_csp=True, reduced_motion="reduce") as page:
        looked = [_serious(page, script)]
        sign_in(page, served)
        looked.append(_serious(page, script))
        answer = ask(page, QUESTION)
        page.locator(".verdict summary").first.click()
        page.locator(".scope-toggle").click()
        page.locator(".picker label").first.wait_for()
        looked.append(_serious(page, script))
        answer.locator(".citation").first.click()
        page.locator(PLACE).first.wait_for()
        looked.append(_serious(page, script))
        for name in ("documents", "oversight"):
            page.goto(f"{served.url}/#/{name}")
            page.locator(".document, .review, .queue .hint").first.wait_for()
            looked.append(_serious(page, script))
    assert looked == [[]] * 6


def _serious(page: Any, script: Path) -> list[str]:
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
