"""Small OpenDocument files written for the tests."""

import zipfile
from io import BytesIO
from typing import Final

NAMESPACES: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("draw", "drawing"),
    )
)


def make_open_document(kind: str, body: str, *, styles: str = "", page_styles: str = "", manifest: str = "") -> bytes:
    """Write a file of a kind (`text`, `spreadsheet`, `presentation`) from the XML of its body and styles."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        )
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {NAMESPACES}><office:master-styles>{page_styles}</office:master-styles>"
            "</office:document-styles>",
        )
        if manifest:
            archive.writestr("META-INF/manifest.xml", manifest)
    return stream.getvalue()
