"""The tree of an HTML file."""

import pytest

from averment.core.errors import DocumentLimitExceeded
from averment.pipelines.ingestion.markup_tree import parse_tree


def test_declared_and_real_encodings() -> None:
    assert "Zürich" in "".join(parse_tree("<html><body>Zürich</body></html>".encode()).itertext())
    assert "Zürich" in "".join(parse_tree("<html><body>Zürich</body></html>".encode("cp1252")).itertext())


def test_text_is_not_lost_to_nesting() -> None:
    with pytest.raises(DocumentLimitExceeded, match="deeper"):
        parse_tree(b"<div>" * 30_000 + b"deep")
