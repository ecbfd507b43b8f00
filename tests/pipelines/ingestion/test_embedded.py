"""Files embedded in Office files."""

import zipfile
from io import BytesIO

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.embedded import _native, read_embedded
from averment.pipelines.ingestion.limits import ParseLimits

HEAD = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def archive(relations: str, **parts: bytes) -> OfficeArchive:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("word/_rels/document.xml.rels", f"{HEAD}{relations}</Relationships>")
        for name, content in parts.items():
            target.writestr(f"word/embeddings/{name}", content)
    return OfficeArchive(stream.getvalue(), limits=ParseLimits())


def test_what_the_text_refers_to_is_taken_out_and_what_a_chart_holds_is_not() -> None:
    found, n_unread = read_embedded(
        archive(
            f'<Relationship Id="r1" Type="{KIND}/package" Target="embeddings/fees"/>'
            f'<Relationship Id="r2" Type="{KIND}/package" Target="../../etc/passwd"/>'
            f'<Relationship Id="r3" Type="{KIND}/package" Target="http://x.invalid/a" TargetMode="External"/>',
            fees=b"PK figures",
            chart=b"PK drawn",
        )
    )
    assert [(item.name, item.content) for item in found] == [("fees", b"PK figures")]
    assert n_unread == 0


def test_an_object_that_cannot_be_opened_is_counted() -> None:
    relation = f'<Relationship Id="r1" Type="{KIND}/oleObject" Target="embeddings/empty"/>'
    assert read_embedded(archive(relation, empty=b"")) == ((), 1)


def test_a_wrapped_file_comes_out_under_its_own_name() -> None:
    path = b"C:\\temp\\fees.txt\x00"
    body = b"\x02\x00..\\fees.txt\x00" + path + b"\x00\x00\x03\x00"
    data = b"\x00\x00\x00\x00" + body + len(path).to_bytes(4, "little") + path + (4).to_bytes(4, "little") + b"Rent"
    assert _native(data, "object") == ("fees.txt", b"Rent")
    assert _native(b"\x00" * 5, "object") == ("object", b"")
