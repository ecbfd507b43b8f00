"""The second reading of a mail, and mails in several forms."""

from email.message import EmailMessage

import pytest

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentEncrypted
from averment.pipelines.ingestion.partition import partition


def _mail(plain: str, page: str) -> ParsedDocument:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ada@example.org", "bob@example.org", "Fee"
    message.set_content(plain)
    message.add_alternative(page, subtype="html")
    parsed = partition(message.as_bytes(), name="a.eml")
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary
    return parsed


def _bodies(parsed: ParsedDocument) -> list[tuple[str, str | None]]:
    return [(e.text, e.hidden_reason) for e in parsed.elements if e.kind.value not in ("header", "title")]


def test_equal_forms_are_read_once() -> None:
    parsed = _mail("Pay 100 EUR.\n\nRegards", "<p>Pay <b>100</b> EUR.</p><p>Regards</p>")
    assert _bodies(parsed) == [("Pay 100 EUR.", None), ("Regards", None)]


def test_what_the_page_says_more_is_read_and_what_it_lacks_is_hidden() -> None:
    parsed = _mail(
        "Pay 100 EUR.\nSee https://example.org/x\nNot in the page.", "<p>Pay 100 EUR. See us.</p><p>By May 5.</p>"
    )
    assert _bodies(parsed) == [
        ("Pay 100 EUR. See us.", None),
        ("By May 5.", None),
        ("Not in the page.", "hidden_format"),
    ]


def test_bodies_one_after_the_other_are_all_read() -> None:
    content = (
        b"From: a@b\r\nTo: c@d\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nFirst 1\r\n"
        b"--q\r\nContent-Type: text/html\r\n\r\n<p>Second 2</p>\r\n--q\r\n\r\nThird 3\r\n--q--\r\n"
    )
    parsed = partition(content, name="a.eml")
    assert _bodies(parsed) == [("First 1", None), ("Second 2", None), ("Third 3", None)]
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", DocumentEncrypted),
        ("application/pkcs7-mime; smime-type=signed-data", DocumentCorrupt),
        ('multipart/encrypted; boundary=q; protocol="application/pgp-encrypted"', DocumentEncrypted),
    ],
)
def test_sealed_mails_say_so(kind: str, error: type[Exception]) -> None:
    content = f"From: a@b\r\nTo: c@d\r\nSubject: s\r\nContent-Type: {kind}\r\n\r\n--q\r\n\r\nx\r\n--q--\r\n"
    with pytest.raises(error):
        partition(content.encode(), name="a.eml")


def test_signatures_are_no_documents() -> None:
    content = (
        b"From: a@b\r\nTo: c@d\r\nSubject: s\r\nContent-Type: multipart/signed; boundary=q\r\n\r\n--q\r\n\r\n"
        b"Signed 8\r\n--q\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nAAAA\r\n--q--\r\n"
    )
    assert partition(content, name="a.eml").attachments == ()


def test_a_hostile_header_takes_no_time() -> None:
    content = b"From: a@b\r\nTo: c@d\r\nSubject: " + b"=?utf-8?q?a?= " * 60_000 + b"\r\n\r\nText."
    assert partition(content, name="a.eml").text.endswith("Text.\n")
