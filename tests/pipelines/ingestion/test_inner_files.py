"""Files inside files: their uris, and how much of them there may be."""

from io import BytesIO

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import Attachment, SourceItem, SourceRef
from averment.core.errors import DocumentLimitExceeded
from averment.pipelines.ingestion import inner_files
from averment.pipelines.ingestion.changes import container_uri, depth, lies_within
from averment.pipelines.ingestion.inner_files import Expansion, inner_items, level

MAIL = SourceItem(
    ref=SourceRef(connector="c", uri="file:///a%23b/mail.eml", revision="r"),
    media_type="message/rfc822",
    size_bytes=9,
    title="mail.eml",
    access=AccessLabel(readers=("legal",)),
    open=BytesIO,
)


def found(name: str, *, is_member: bool = False, content: bytes = b"x") -> Attachment:
    return Attachment(name=name, media_type="text/plain", content=content, is_member=is_member)


def test_uris_name_the_way_in_and_lead_back_out() -> None:
    ((archive, _),) = inner_items(MAIL, [found("Anlagen #1.zip")])
    assert archive.ref.uri == "file:///a%23b/mail.eml#1-Anlagen%20%231.zip"
    ((member, _),) = inner_items(archive, [found("2024/Miete & Co!.txt", is_member=True)])
    assert member.ref.uri == archive.ref.uri + "!/2024/Miete%20%26%20Co%21.txt"
    assert (member.title, member.access, level(member)) == ("Miete & Co!.txt", MAIL.access, 2)
    assert container_uri(member.ref.uri) == MAIL.ref.uri
    assert lies_within(member.ref.uri, archive.ref.uri)
    assert lies_within(member.ref.uri, MAIL.ref.uri)
    assert not lies_within(MAIL.ref.uri, MAIL.ref.uri)
    assert depth(MAIL.ref.uri) == 0


def test_a_source_item_holds_no_more_than_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    expansion = Expansion()
    expansion.take([], container_depth=99)
    with pytest.raises(DocumentLimitExceeded, match="levels"):
        expansion.take([found("a")], container_depth=inner_files.MAX_DEPTH)
    monkeypatch.setattr(inner_files, "MAX_BYTES", 10)
    expansion.take([found("a", content=b"12345")], container_depth=0)
    with pytest.raises(DocumentLimitExceeded, match="11 bytes"):
        expansion.take([found("b", content=b"123456")], container_depth=1)
