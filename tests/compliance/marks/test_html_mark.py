import pytest

from averment.compliance.marks import html_mark
from averment.compliance.marks.mark import content_digest, sign_mark
from tests.compliance.marks.files import FACTS, HTML, SIGNER

MARK = sign_mark(FACTS, content_digest(b""), signer=SIGNER)


@pytest.mark.parametrize("page", [HTML, b"<html><body>x</body></html>", b"<!DOCTYPE html><p>x", HTML.upper()])
def test_the_page_is_what_it_was_but_for_the_mark(page: bytes) -> None:
    marked = html_mark.embed(page, MARK)
    assert html_mark.extract(marked) == MARK
    assert html_mark.canonical(marked) == page


def test_the_mark_stands_in_the_head_with_its_digital_source_type() -> None:
    marked = html_mark.embed(HTML, MARK)
    assert marked.index(b"digitalsourcetype/compositeWith") < marked.index(b"</head>")
    assert html_mark.extract(HTML) is None
