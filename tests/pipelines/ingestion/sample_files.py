"""Small files written for the tests: PDFs by hand, Office files through their libraries."""

from collections.abc import Sequence
from io import BytesIO


def make_pdf(
    pages: Sequence[Sequence[tuple[float, float, float, str]]], *, bold: Sequence[str] = (), rotate: int = 0
) -> bytes:
    """Write a PDF in Courier: a page is a list of (x, y from the top, size, text); `bold` texts are in Courier-Bold."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for texts in pages:
        parts = []
        for x, y, size, text in texts:
            escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
            font = b"F2" if text in bold else b"F1"
            parts.append(b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font, size, x, 792 - y, escaped))
        stream = b"\n".join(parts)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate %d /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (rotate, len(objects))
        )
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids))
    out = BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def page_pdf(drawing: str, *, rotate: int = 0, page: str = "", more: Sequence[bytes] = ()) -> bytes:
    """Write a PDF of one page from the operators that draw it.

    There are the font F1 (Helvetica), the graphics state G1 (transparent) and the image I1 (one grey pixel); `page`
    is put into the dictionary of the page, `more` objects follow from number 8.
    """
    stream = drawing.encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R] /DA (/F1 11 Tf)"
        b" /DR << /Font << /F1 5 0 R >> >> >> >>"
        if more
        else b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate %d /Contents 4 0 R /Resources << /Font"
        b" << /F1 5 0 R >> /ExtGState << /G1 6 0 R >> /XObject << /I1 7 0 R >> >> %s >>" % (rotate, page.encode()),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /ExtGState /ca 0 /CA 0 >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 1 >>"
        b"\nstream\n\x80\nendstream",
        *more,
    ]
    out = BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def statement_pdf() -> bytes:
    """Write a page with a small income statement, in millions."""
    rows = [
        ("Products", "$", "63,355", "$", "63,948"),
        ("Services", "", "19,604", "", "17,486"),
        ("Total net sales", "", "82,959", "", "81,434"),
        ("Other income/(expense), net", "", "(10)", "", "243"),
    ]
    page: list[tuple[float, float, float, str]] = [
        (72, 80, 12, "CONDENSED STATEMENTS OF OPERATIONS"),
        (72, 100, 9, "(In millions, except number of shares, which are reflected in thousands)"),
        (345, 130, 9, "Three Months Ended"),
        (330, 142, 9, "June 25,"),
        (430, 142, 9, "June 26,"),
        (338, 154, 9, "2022"),
        (438, 154, 9, "2021"),
        (72, 168, 9, "Net sales:"),
    ]
    for number, (label, sign1, first, sign2, second) in enumerate(rows):
        y = 182 + 13 * number
        page.append((80, y, 9, label))
        for sign, figure, right in ((sign1, first, 372), (sign2, second, 472)):
            if sign:
                page.append((right - 60, y, 9, sign))
            edge = right + (5.4 if figure.endswith(")") else 0)
            page.append((edge - 5.4 * len(figure), y, 9, figure))
    page.append((72, 300, 9, "See accompanying notes to these statements, which are a part of them in every respect."))
    return make_pdf([page])


def make_docx(paragraphs: Sequence[str], *, table: Sequence[Sequence[str]] = ()) -> bytes:
    """Write a DOCX; paragraphs that begin with `# ` become headings."""
    import docx

    document = docx.Document()
    for text in paragraphs:
        if text.startswith("# "):
            document.add_heading(text[2:], level=1)
        else:
            document.add_paragraph(text)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, values in enumerate(table):
            for column, value in enumerate(values):
                grid.cell(row, column).text = value
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def make_xlsx(rows: Sequence[Sequence[object]], *, title: str = "Fees") -> bytes:
    """Write a workbook of one sheet."""
    import openpyxl  # type: ignore[import-untyped] # openpyxl has no stubs

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def make_pptx(title: str, body: str) -> bytes:
    """Write a presentation of one slide."""
    import pptx

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = title
    slide.placeholders[1].text = body
    out = BytesIO()
    deck.save(out)
    return out.getvalue()
