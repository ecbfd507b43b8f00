"""A DOCX made plain: nothing that python-docx overlooks stays overlooked."""

import zipfile
from io import BytesIO

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.docx_plain import MAIN_PART, make_plain, paragraphs
from averment.pipelines.ingestion.limits import ParseLimits
from tests.pipelines.ingestion.sample_files import make_docx

BODY = """
<w:p><w:r><w:t>Term is </w:t></w:r><w:ins w:id="1"><w:r><w:t>two</w:t></w:r></w:ins>
<w:del w:id="2"><w:r><w:delText>one</w:delText></w:r></w:del><w:r><w:t xml:space="preserve"> years.</w:t></w:r></w:p>
<w:sdt><w:sdtContent><w:p><w:r><w:t>Controlled text.</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Unseen.</w:t></w:r><w:r><w:t>Seen.</w:t></w:r></w:p>
"""


def edited_docx() -> bytes:
    source = zipfile.ZipFile(BytesIO(make_docx(["Start."])))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == MAIN_PART:
                data = data.replace(b"<w:sectPr", BODY.encode() + b"<w:sectPr", 1)
            target.writestr(name, data)
    return out.getvalue()


def test_insertions_count_deletions_go_and_hidden_runs_are_taken_out() -> None:
    plain = make_plain(OfficeArchive(edited_docx(), limits=ParseLimits()))
    texts = list(paragraphs(OfficeArchive(plain.content, limits=ParseLimits()).xml(MAIN_PART)))
    assert texts == ["Start.", "Term is two years.", "Controlled text.", "Seen."]
    assert plain.hidden == ["Unseen."]
    assert (plain.n_insertions, plain.n_deletions) == (1, 1)
