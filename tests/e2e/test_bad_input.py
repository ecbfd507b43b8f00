"""Every bad file ends in quarantine with a reason and a mend; the rest of the batch is ingested."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.e2e.installation import Installation, make_installation

pytestmark = pytest.mark.slow
GOOD = "1. TERM. This Agreement runs for three years.\n\n2. LAW. The law of Norway governs.\n"


def zip_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w>" + b"0" * 300_000_000)
    return stream.getvalue()


def encrypted_pdf(pdf: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt("secret", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def endless_pdf(n_pages: int) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(n_pages):
        writer.add_blank_page(width=200, height=200)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def installation(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    root = tmp_path_factory.mktemp("bad_input")
    folder = root / "documents"
    folder.mkdir()
    pdf = (repo / "examples" / "documents" / "quarterly-report-2026q2.pdf").read_bytes()
    files = {
        "good.txt": GOOD.encode(),
        "empty.pdf": b"",
        "truncated.pdf": pdf[:900],
        "encrypted.pdf": encrypted_pdf(pdf),
        "bomb.docx": zip_bomb(),
        "empty.docx": b"",
        "page.pdf": b"<!doctype html><html><body><h1>Notice</h1><p>The lease ends on 1 May 2027.</p></body></html>",
        "latin.txt": "Der Vertrag läuft in Zürich für drei Jahre.".encode("cp1252"),
        "endless.pdf": endless_pdf(5001),
        "random.pdf": bytes(range(256)) * 40,
        "odd name; rm -rf $(x) \u202e.txt": GOOD.encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return make_installation(root)


def test_the_batch_is_partial_and_every_bad_file_has_its_reason(installation: Installation) -> None:
    result = installation.run("ingest", "documents", "--json")
    assert result.code == 1, result.stderr
    report = result.json()
    by_name = {item["source_uri"].rsplit("/", 1)[1]: item for item in report["items"]}
    quarantined = {name for name, item in by_name.items() if item["status"] == "quarantined"}
    assert quarantined == {
        "empty.pdf", "encrypted.pdf", "bomb.docx", "empty.docx", "random.pdf", "truncated.pdf", "endless.pdf",
    }  # fmt: skip
    assert by_name["encrypted.pdf"]["code"] == "DOC003"
    assert by_name["bomb.docx"]["code"] == "DOC006"
    assert by_name["endless.pdf"]["code"] == "DOC006"
    assert report["added"] == 4
    for failure in report["failures"]:
        assert failure["message"]
        assert failure["hint"]
    assert "Traceback" not in result.stderr


def test_quarantined_files_stay_named_and_are_not_read_again(installation: Installation) -> None:
    installation.run("ingest", "documents")
    report = installation.run("ingest", "documents", "--json").json()
    assert (report["status"], report["added"], report["quarantined"]) == ("partial", 0, 7)
    listed = installation.ok("documents", "list", "--json").json()["documents"]
    assert sum(item["status"] == "quarantined" for item in listed) == 7


def test_what_the_good_files_say_is_found(installation: Installation) -> None:
    installation.run("ingest", "documents")
    found = installation.ok("search", "lease ends", "--json").json()["passages"]
    assert "1 May 2027" in found[0]["text"]
    assert "Zürich" in installation.ok("text", "latin.txt", "--json").json()["text"]
