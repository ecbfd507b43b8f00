from pathlib import Path

import pytest

from averment.compliance.documents.rendering.render import form_of, render
from averment.core.errors import UsageError
from tests.compliance.documents.builders import Place


def test_the_ending_tells_the_format() -> None:
    assert form_of(Path("a.pdf"), default="html") == "pdf"
    assert form_of(None, default="html") == "html"
    with pytest.raises(UsageError, match="does not tell the format"):
        form_of(Path("a.odt"), default="html")


def test_a_format_has_its_renderer(place: Place) -> None:
    document = place.make("annex-v")
    assert render(document, "json") == document.to_json()
    assert render(document, "html").startswith(b"<!doctype html>")
