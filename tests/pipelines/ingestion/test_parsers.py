import pytest

from averment.core.errors import DocumentLimitExceeded
from averment.core.settings import ParsingSettings
from averment.pipelines.ingestion.parsers import open_parsers


def test_the_limits_of_settings_hold_in_the_parser_processes() -> None:
    with open_parsers(ParsingSettings(max_item_bytes=4), n_workers=1) as pool:
        with pytest.raises(DocumentLimitExceeded):
            pool.submit(b"more than four bytes", name="a.txt").result()
        assert pool.submit(b"four", name="b.txt").result().text == "four"
