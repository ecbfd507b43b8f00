from dataclasses import replace

from averment.core.answers import Citation
from averment.core.testing.backend import an_answer
from averment.service.answer_report import ReportFacts, render_report

FACTS = ReportFacts(
    title="A <report>", model="none", log_origin="test/log", log_size=7, verification=("ok",), created="2026-01-02"
)


def no_image(_: Citation) -> bytes | None:
    return None


def around(_: Citation, n_chars: int) -> tuple[str, str]:
    return "before <script>"[-n_chars:], "& after"


def test_document_text_is_escaped_and_the_page_forbids_scripts() -> None:
    hostile = replace(an_answer(), question="<img src=x onerror=alert(1)>")
    page = render_report([hostile], FACTS, page_image=no_image, text_around=around)
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;3 y" in page
    assert "<b>3 y" not in page
    assert "default-src 'none'" in page


def test_a_page_picture_is_in_the_file_itself() -> None:
    page = render_report([an_answer()], FACTS, page_image=lambda _: b"\x89PNG", text_around=around)
    assert 'src="data:image/png;base64,iVBORw=="' in page
    assert "http://" not in page
    assert "https://" not in page


def test_without_pages_the_words_around_the_quotation_are_shown() -> None:
    page = render_report([an_answer()], FACTS, page_image=no_image, text_around=around)
    assert "before &lt;script&gt;<mark>" in page
    assert "</mark>&amp; after" in page


def test_a_trial_is_named_as_one_and_an_assessed_purpose_is_not() -> None:
    assessed = replace(an_answer(), mode="assessed")
    for answers, is_trial in (([assessed], False), ([assessed, an_answer()], True)):
        page = render_report(answers, FACTS, page_image=no_image, text_around=around)
        assert ("Trial, purpose not assessed." in page) == is_trial
        assert "produced by an AI system" in page
