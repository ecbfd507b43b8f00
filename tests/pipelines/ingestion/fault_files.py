"""Files of every format without pages that faults are put into: sentences, figures and tables from a seed."""

import random
from collections.abc import Mapping
from email.message import EmailMessage
from io import BytesIO
from typing import Final

from tests.pipelines.ingestion.office_files import paragraph, run, table, word_file
from tests.pipelines.ingestion.open_document_files import make_open_document

_WORDS: Final = (
    "the rent is due monthly in advance tenant landlord shall pay interest at a rate of percent any notice must be "
    "given in written form before end term agreement section contract party supplier delivery goods warranty"
)


def _sentences(chance: random.Random, *, count: int) -> list[str]:
    words = _WORDS.split()
    return [
        f"{' '.join(chance.choices(words, k=chance.randrange(6, 16))).capitalize()} EUR"
        f" {chance.randrange(100, 99_999):,} by {chance.randrange(10, 28)} May {chance.randrange(2000, 2030)}."
        for _ in range(count)
    ]


def fault_files() -> Mapping[str, bytes]:
    """Write the files, by name."""
    chance = random.Random(3)
    sentences = _sentences(chance, count=24)
    rows = [[f"Costs of item {n}", *(f"{chance.randrange(10, 99_999):,}" for _ in range(3))] for n in range(12)]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    page = f"<html><body>{''.join(f'<p>{one}</p>' for one in sentences)}<table>{cells}</table></body></html>"
    odf_rows = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell><text:p>{cell}</text:p></table:table-cell>' for cell in row)}"
        "</table:table-row>"
        for row in rows
    )
    odf_body = "".join(f"<text:p>{one}</text:p>" for one in sentences)
    word_rows = table(*([paragraph(cell) for cell in row] for row in rows))
    unseen = f"<w:p>{run('Nobody sees these words', '<w:vanish/>')}</w:p>"
    return {
        "a.docx": word_file("".join(map(paragraph, sentences)) + word_rows + unseen + paragraph("The last words.")),
        "a.xlsx": _workbook(rows, sentences[:6]),
        "a.html": page.encode(),
        "a.odt": make_open_document("text", f"{odf_body}<table:table>{odf_rows}</table:table>"),
        "a.txt": "\n\n".join(sentences).encode(),
        "a.eml": _mail("\n\n".join(sentences), page),
    }


def _workbook(rows: list[list[str]], sentences: list[str]) -> bytes:
    import openpyxl  # type: ignore[import-untyped] # openpyxl has no stubs

    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append([row[0], *(int(cell.replace(",", "")) for cell in row[1:])])
    for sentence in sentences:
        sheet.append([sentence])
    sheet.title = "x"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _mail(plain: str, page: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ada@example.org", "bob@example.org", "Agreement of 2024"
    message.set_content(plain)
    message.add_alternative(page, subtype="html")
    return message.as_bytes()
