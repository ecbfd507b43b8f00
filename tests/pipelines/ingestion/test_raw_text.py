"""The texts of a file as its markup or XML holds them."""

from averment.core.completeness import LeftOut
from averment.pipelines.ingestion.raw_text import markup_texts
from averment.pipelines.ingestion.text_walk import RawText


def test_texts_of_a_page_come_in_order_and_say_why_they_are_none() -> None:
    page = (
        b"<html><body>One<!-- two -->three<b>four</b><script>five</script>six<ix:header>seven</ix:header></body></html>"
    )
    assert list(markup_texts(page)) == [
        RawText("One"),
        RawText("three"),
        RawText("four"),
        RawText("five", left_out=LeftOut.NOT_SHOWN),
        RawText("six"),
        RawText("seven", left_out=LeftOut.TAGGING),
    ]
