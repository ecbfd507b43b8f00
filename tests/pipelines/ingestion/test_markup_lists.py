"""Numbers of list items in HTML are in the text, as a browser shows them."""

import pytest

from averment.pipelines.ingestion.partition import partition


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<ol><li>a<li>b</ol>", ["1. a", "2. b"]),
        ("<ol start=4 type=I><li>a<li>b</ol>", ["IV. a", "V. b"]),
        ("<ol type=a><li>one<li value=5>two<li>six</ol>", ["a. one", "e. two", "f. six"]),
        ("<ol reversed><li>a<li>b</ol>", ["2. a", "1. b"]),
        ("<ul><li>a</ul><ol style='list-style:none'><li>b</ol>", ["a", "b"]),
        ("<ol style='list-style-type:lower-roman'><li>a<li>b</ol>", ["i. a", "ii. b"]),
        ("<style>ol{list-style-type:upper-alpha}</style><ol><li>a</ol>", ["A. a"]),
        ("<ol><li>a<ol><li>b<li>c</ol><li>d</ol>", ["1. a", "1. b", "2. c", "2. d"]),
        ("<ol><li><p>a</p><p>b</p><li>c</ol>", ["1. a", "b", "2. c"]),
        ("<p>x<li>loose", ["x", "loose"]),
    ],
)
def test_items_carry_their_numbers(page: str, lines: list[str]) -> None:
    parsed = partition(f"<html><body>{page}</body></html>".encode(), name="a.html")
    assert parsed.text.split("\n")[:-1] == lines
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete
