"""What Word shows and does not store: numbers, boxes, signs, formulas, marks of notes."""

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import numbered, numbering, paragraph, run, table, word_file


def _lines(body: str, *, parts: dict[str, str] | None = None) -> list[str]:
    parsed = _read(body, parts=parts)
    return [element.text for element in parsed.elements]


def _read(body: str, *, parts: dict[str, str] | None = None) -> ParsedDocument:
    parsed = partition(word_file(body, parts=parts), name="a.docx")
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary
    return parsed


def test_numbers_of_all_levels_stand_in_the_text_in_tables_too() -> None:
    levels = numbering(
        ("upperRoman", "Article %1"), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"), ("ordinalText", "%4")
    )
    body = (
        numbered("Term") + numbered("Start", 1) + numbered("First", 2) + numbered("Second", 2) + numbered("End", 1)
        + numbered("Fee") + numbered("", 1) + table([numbered("Rent", 1), paragraph("5")]) + numbered("Last", 3)
    )  # fmt: skip
    assert _lines(body, parts={"word/numbering.xml": levels}) == [
        "Article I Term", "I.1 Start", "(a) First", "(b) Second", "I.2 End", "Article II Fee", "II.2 Rent 5",
        "First Last",
    ]  # fmt: skip


def test_a_deleted_paragraph_takes_no_number() -> None:
    gone = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>'
        "<w:del><w:r><w:delText>Gone</w:delText></w:r></w:del></w:p>"
    )
    lines = _lines(
        numbered("One") + gone + numbered("Two"), parts={"word/numbering.xml": numbering(("decimal", "§ %1"))}
    )
    assert lines == ["§ 1 One", "§ 2 Two", "Gone"]


def test_boxes_and_choices_of_forms_are_read() -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar></w:r>'
    choice = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Bonn"/><w:listEntry w:val="Köln"/></w:ddList>'
    box = '<w:checkBox><w:default w:val="0"/></w:checkBox>'
    body = (
        f'<w:p>{run("Box ")}<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>{run(" form ")}'
        f"{field.format(box)}{run(' seat ')}{field.format(choice)}</w:p>"
    )
    assert _lines(body) == ["Box ☑ form ☐ seat Köln"]


def test_formulas_are_written_in_one_line() -> None:
    fraction = "<m:f><m:num><m:r><m:t>Costs</m:t></m:r></m:num><m:den><m:r><m:t>Sales</m:t></m:r></m:den></m:f>"
    assert _lines(f"<w:p>{run('Rate is ')}<m:oMath>{fraction}</m:oMath>{run('.')}</w:p>") == [
        "Rate is (Costs)/(Sales)."
    ]


def test_notes_are_numbered_as_shown() -> None:
    def notes(kind: str, word: str) -> str:
        name = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        return f'<w:{kind}s {name}><w:{kind} w:id="7">{paragraph(word)}</w:{kind}></w:{kind}s>'

    body = (
        f'<w:p>{run("Fee")}<w:r><w:footnoteReference w:id="7"/></w:r>{run(" due")}'
        '<w:r><w:endnoteReference w:id="7"/></w:r></w:p>'
    )
    parts = {"word/footnotes.xml": notes("footnote", "Net."), "word/endnotes.xml": notes("endnote", "Monthly.")}
    assert _lines(body, parts=parts) == ["Fee[1] due[i]", "[1] Net.", "[i] Monthly."]
