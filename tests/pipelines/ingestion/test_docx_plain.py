"""A DOCX made plain: nothing that python-docx overlooks stays overlooked."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.docx_plain import MAIN_PART, make_plain, paragraphs
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.limits import ParseLimits
from tests.pipelines.ingestion.sample_files import make_docx

BODY = """
<w:p><w:r><w:t>Term is </w:t></w:r><w:ins w:id="1"><w:r><w:t>two</w:t></w:r></w:ins>
<w:del w:id="2"><w:r><w:delText>one</w:delText></w:r></w:del><w:r><w:t xml:space="preserve"> years.</w:t></w:r></w:p>
<w:sdt><w:sdtContent><w:p><w:r><w:t>Controlled text.</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Unseen.</w:t></w:r><w:r><w:t>Seen.</w:t></w:r></w:p>
"""


def edited_docx(body: str = BODY, *, more: Mapping[str, str] | None = None) -> bytes:
    """Return a DOCX with XML put in behind its first paragraph, and more parts."""
    source = zipfile.ZipFile(BytesIO(make_docx(["Start."])))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == MAIN_PART:
                data = data.replace(b"<w:sectPr", body.encode() + b"<w:sectPr", 1)
            if name not in (more or {}):
                target.writestr(name, data)
        for name, text in (more or {}).items():
            target.writestr(name, text)
    return out.getvalue()


def test_insertions_count_deletions_go_and_hidden_runs_are_taken_out() -> None:
    plain = make_plain(OfficeArchive(edited_docx(), limits=ParseLimits()))
    texts = list(paragraphs(OfficeArchive(plain.content, limits=ParseLimits()).xml(MAIN_PART)))
    assert texts == ["Start.", "Term is two years.", "Controlled text.", "Seen."]
    assert plain.hidden == [("one", HiddenReason.DELETED), ("Unseen.", HiddenReason.HIDDEN_FORMAT)]
    assert (plain.n_insertions, plain.n_deletions) == (1, 1)


def test_raised_digits_stand_apart_from_the_figure_before_them() -> None:
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
    texts = ["in 2025", raised.format("1"), " m", raised.format("2"), " of 2024", raised.format("th"), " and 7"]
    body = "<w:p>{}</w:p>".format(
        "".join(
            text if text.startswith("<") else f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' for text in texts
        )
    )
    plain = make_plain(OfficeArchive(edited_docx(body), limits=ParseLimits()))
    read = list(paragraphs(OfficeArchive(plain.content, limits=ParseLimits()).xml(MAIN_PART)))
    assert read == ["Start.", "in 2025 1 m2 of 2024th and 7"]


def test_references_to_notes_are_written_and_notes_and_comments_name_themselves() -> None:
    name = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    note = "<w:p><w:r><w:t>See {}.</w:t></w:r></w:p>"
    plain = make_plain(
        OfficeArchive(
            edited_docx(
                '<w:p><w:r><w:t>Rent is 5,000</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>',
                more={
                    "word/footnotes.xml": f"<w:footnotes {name}><w:footnote w:id='2'>{note.format('annex')}"
                    "</w:footnote></w:footnotes>",
                    "word/comments.xml": f"<w:comments {name}><w:comment w:id='0' w:author='Ada'>{note.format('Bob')}"
                    "</w:comment></w:comments>",
                },
            ),
            limits=ParseLimits(),
        )
    )
    texts = list(paragraphs(OfficeArchive(plain.content, limits=ParseLimits()).xml(MAIN_PART)))
    assert texts[-1] == "Rent is 5,000[1]"
    assert plain.footnotes == ["[1] See annex."]
    assert plain.comments == ["Comment (Ada): See Bob."]


def test_numbers_of_paragraphs_are_written_as_shown() -> None:
    numbered = '<w:pPr><w:pStyle w:val="ListNumber"/></w:pPr>'
    body = (
        f"<w:p>{numbered}<w:r><w:t>Term</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p>{numbered}<w:r><w:t>Rent</w:t></w:r>"
        "</w:p></w:tc></w:tr></w:tbl>"
    )
    plain = make_plain(OfficeArchive(edited_docx(body), limits=ParseLimits()))
    texts = list(paragraphs(OfficeArchive(plain.content, limits=ParseLimits()).xml(MAIN_PART)))
    assert texts == ["Start.", "1. Term", "2. Rent"]
