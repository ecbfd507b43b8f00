"""Mail: headers, body, attachments."""

from email.message import EmailMessage

import pytest

from averment.core.errors import DocumentEncrypted, PartitionFailed
from averment.pipelines.ingestion.mail import safe_name
from averment.pipelines.ingestion.partition import partition


def _mail(body: str = "Dear all,\n\nplease sign.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada <ada@example.com>"
    message["To"] = "bob@example.com"
    message["Subject"] = "Renewal für 2024"
    message.set_content(body)
    return message


def test_headers_body_and_attachments() -> None:
    message = _mail()
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../../etc/a.pdf")
    parsed = partition(message.as_bytes(), name="a.eml")
    assert parsed.text.splitlines() == [
        "From: Ada <ada@example.com>",
        "To: bob@example.com",
        "Subject: Renewal für 2024",
        "Dear all,",
        "please sign.",
    ]
    assert parsed.title == "Renewal für 2024"
    (attachment,) = parsed.attachments
    assert (attachment.name, attachment.content, attachment.media_type) == ("a.pdf", b"%PDF-1.4", "application/pdf")


def test_html_alone_is_read_as_html() -> None:
    message = _mail()
    message.set_content("<html><body><p>Due <b>now</b>.</p></body></html>", subtype="html")
    assert partition(message.as_bytes(), name="a.eml").text.endswith("Due now.\n")


def test_a_mail_inside_is_an_attachment() -> None:
    outer = _mail()
    outer.add_attachment(_mail("Inner text."))
    (attachment,) = partition(outer.as_bytes(), name="a.eml").attachments
    assert attachment.media_type == "message/rfc822"
    assert "Inner text." in partition(attachment.content, name="b.eml").text


def test_empty_and_encrypted_mails_are_refused() -> None:
    with pytest.raises(PartitionFailed, match="no body"):
        partition(b"From: a@b.c\nSubject: x\n\n", name="a.eml")
    with pytest.raises(DocumentEncrypted):
        partition(b"From: a@b.c\nContent-Type: application/pkcs7-mime\n\nMIIB", name="a.eml")


@pytest.mark.parametrize(
    ("name", "safe"), [("..\\..\\a.pdf", "a.pdf"), ("/etc/passwd", "passwd"), ("a\r\nb", "ab"), ("..", "")]
)
def test_names_lead_nowhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe
