"""The entry to parsing: kinds, limits and errors."""

import pytest

from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, UnsupportedMediaType
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import make_pdf


def test_kinds_go_to_their_readers() -> None:
    assert partition(b"<html><body>Due now.</body></html>", name="a.pdf").parser.startswith("lxml")
    assert partition(make_pdf([[(72, 80, 11, "Due now.")]]), name="a.txt").parser.startswith("liteparse")
    assert partition(b"Due now.", name="a.txt").text == "Due now."


def test_refusals_name_what_is_wrong() -> None:
    with pytest.raises(DocumentCorrupt, match="empty file"):
        partition(b"", name="a.docx")
    with pytest.raises(DocumentLimitExceeded, match="8 bytes, the limit is 4"):
        partition(b"Due now.", name="a.txt", limits=ParseLimits(max_bytes=4))
    with pytest.raises(UnsupportedMediaType, match="gif"):
        partition(b"GIF89a\x00", name="a.gif")
