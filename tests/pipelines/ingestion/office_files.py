"""Small Office files written part by part for the tests, with what the libraries that write them cannot make."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
W_NAME: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAMES: Final = f"{W_NAME} " + " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in (
        ("r", _OFFICE),
        ("m", "http://schemas.openxmlformats.org/officeDocument/2006/math"),
        ("mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"),
        ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("c", "http://schemas.openxmlformats.org/drawingml/2006/chart"),
        ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("wps", "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"),
        ("v", "urn:schemas-microsoft-com:vml"),
    )
)
CHART: Final = (
    '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><c:tx><c:rich><a:p><a:r>'
    "<a:t>Revenue by year</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:strRef>"
    '<c:strCache><c:pt idx="0"><c:v>Segment A</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache>'
    '<c:pt idx="0"><c:v>FY2023</c:v></c:pt><c:pt idx="1"><c:v>FY2024</c:v></c:pt></c:strCache></c:strRef></c:cat>'
    '<c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>1200</c:v></c:pt><c:pt idx="1"><c:v>0.30000000000000004</c:v>'
    "</c:pt></c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
)


def run(text: str, properties: str = "") -> str:
    """Return a run of WordprocessingML."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str, properties: str = "") -> str:
    """Return a paragraph of WordprocessingML."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def table(*rows: Sequence[str]) -> str:
    """Return a table whose cells hold the XML given."""
    made = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in made)}</w:tbl>"


def numbering(*levels: tuple[str, str]) -> str:
    """Return a numbering part with one list, `1`, whose levels have these forms and texts."""
    made = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    return (
        f'<w:numbering {W_NAME}><w:abstractNum w:abstractNumId="0">{made}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def numbered(text: str, level: int = 0) -> str:
    """Return a paragraph of the list `1`."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


def word_file(
    body: str,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    links: Sequence[tuple[str, str, str]] = (),
    main: str = "word/document.xml",
    kind: str = f"{_WORD}.document.main+xml",
) -> bytes:
    """Write a DOCX.

    Args:
        body: The XML of its body.
        parts: More parts by name.
        links: What the main part refers to: identity, type, target.
        main: Name of the main part.
        kind: Its content type.
    """
    parts = dict(parts or {})
    parts.setdefault(
        "word/styles.xml", f'<w:styles {W_NAME}><w:style w:type="paragraph" w:default="1" w:styleId="N"/></w:styles>'
    )
    types = [(main, kind), ("word/styles.xml", f"{_WORD}.styles+xml")]
    found = [*links, ("rStyles", "styles", "styles.xml")]
    if "word/numbering.xml" in parts:
        types.append(("word/numbering.xml", f"{_WORD}.numbering+xml"))
        found.append(("rNumbers", "numbering", "numbering.xml"))
    folder, _, name = main.rpartition("/")
    parts[f"{folder}/_rels/{name}.rels"] = _links(found)
    parts["_rels/.rels"] = _links([("r1", "officeDocument", main)])
    parts[main] = f"<w:document {NAMES}><w:body>{body}</w:body></w:document>"
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{of}"/>' for part, of in types)
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="htm" ContentType="text/html"/>{overrides}</Types>'
    )
    return packed(parts)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Pack parts into a container."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return stream.getvalue()


def repacked(content: bytes, changes: Mapping[str, bytes]) -> bytes:
    """Return a container with parts exchanged or added."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed({**parts, **changes})


def _links(found: Sequence[tuple[str, str, str]]) -> str:
    made = "".join(f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for key, kind, to in found)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'
