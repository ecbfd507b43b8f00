"""Rules of style sheets: which of them hold for an element."""

import pytest
from lxml import html  # type: ignore[import-untyped] # lxml has no stubs

from averment.pipelines.ingestion.style_rules import read_rules

PAGE = '<body class="paper"><div class="a b" id="x"><p class="c" data-n="1">one</p></div><p>two</p></body>'


@pytest.mark.parametrize(
    ("selector", "holds"),
    [
        ("p", True), ("P", True), ("*", True), (".c", True), ("p.c", True), ("#x p", True), (".a.b > p", True),
        ("body p", True), ("body > p", False), ("[data-n]", True), ('[data-n="1"]', True), ("[data-n='2']", False),
        (".c .c", False), ("p:first-child", False), ("div + p", False), ("h1, .c", True), ("p:not(.x)", False),
    ],
)  # fmt: skip
def test_selectors(selector: str, holds: bool) -> None:
    element = html.document_fromstring(PAGE).find(".//p")
    book = read_rules([f"{selector} {{ display:none }}"], telling=["display"])
    assert bool(book.declarations(element)) is holds


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("@media screen { .c { color:red } }", ["color:red"]),
        ("@media print { .c { color:red } } p { color:blue }", ["color:blue"]),
        ("@import url(x.css); .c { color:red }", ["color:red"]),
        ("/* .c { color:red } */ .c { color:blue }", ["color:blue"]),
        (".c { color:red } .c { color:blue }", ["color:red", "color:blue"]),
        (".c { color:red", []),
        (".c { margin:0 }", []),
        ("/* unended", []),
        ("@font-face { color:red } .c { color:blue; }", ["color:blue;"]),
    ],
)
def test_sheets(sheet: str, found: list[str]) -> None:
    element = html.document_fromstring(PAGE).find(".//p")
    assert read_rules([sheet], telling=["color"]).declarations(element) == found


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["a", "{", "}", "/*", "a{", "@media{", ",", ".a ", "["])
def test_hostile_sheets_are_read_in_one_pass(piece: str) -> None:
    read_rules([piece * 300_000], telling=["color"])
