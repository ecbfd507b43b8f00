"""Lists keep the numbers that a reader sees; changes and hidden text stand apart."""

from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.open_document_files import make_open_document

LEVELS = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/>'
    '<text:list-level-style-number text:level="3" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>'
    "</text:list-style>"
)


def item(*parts: str) -> str:
    return f"<text:list-item>{''.join(parts)}</text:list-item>"


def paragraph(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def numbered(*items: str, attributes: str = 'text:style-name="L"') -> str:
    return f"<text:list {attributes}>{''.join(items)}</text:list>"


def lines(body: str, styles: str = LEVELS) -> list[str]:
    return partition(make_open_document("text", body, styles=styles), name="a.odt").text.splitlines()


def test_clause_numbers_are_written_as_shown() -> None:
    inner = numbered(
        item(paragraph("One year.")),
        item(paragraph("Renewal."), numbered(item(paragraph("in writing")), attributes="")),
        attributes="",
    )
    body = numbered(item(paragraph("Term"), inner), item(paragraph("Fees"), paragraph("No number.")))
    assert lines(body) == ["1. Term", "1.1 One year.", "1.2 Renewal.", "(a) in writing", "2. Fees", "No number."]


def test_a_list_goes_on_or_begins_anew() -> None:
    first = numbered(item(paragraph("a")), item(paragraph("b")))
    assert lines(first + numbered(item(paragraph("c")))) == ["1. a", "2. b", "1. c"]
    going_on = numbered(item(paragraph("c")), attributes='text:style-name="L" text:continue-numbering="true"')
    assert lines(first + going_on) == ["1. a", "2. b", "3. c"]


def test_headings_are_numbered_by_the_outline() -> None:
    outline = LEVELS.replace("list-style ", "outline-style ").replace("/text:list-style>", "/text:outline-style>")
    body = '<text:h text:outline-level="1">Term</text:h><text:h text:outline-level="2">Start</text:h>'
    assert lines(body, outline) == ["1. Term", "1.1 Start"]


def test_deleted_and_hidden_text_stands_apart() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Two years.</text:p></text:deletion>"
        '</text:changed-region></text:tracked-changes><text:p>One <text:span text:style-name="H">unseen </text:span>'
        "year.</text:p><text:p><text:hidden-text>also</text:hidden-text>.</text:p>"
    )
    hidden = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    parsed = partition(make_open_document("text", body, styles=hidden), name="a.odt")
    assert [(e.text, e.hidden_reason) for e in parsed.elements] == [
        ("One year.", None),
        (".", None),
        ("Two years.", "deleted"),
        ("unseen", "hidden_format"),
        ("also", "hidden_format"),
    ]
