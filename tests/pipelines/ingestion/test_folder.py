"""ZIP archives as folders."""

import stat
import warnings
import zipfile
from collections.abc import Sequence
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import DocumentCorrupt, DocumentEncrypted, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.folder import safe_path
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition import partition


def make_zip(members: Sequence[tuple[str, bytes]]) -> bytes:
    stream = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of names that come twice, on purpose
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def encrypt_first(content: bytes) -> bytes:
    """Set the flag of encryption on the first member, in its head and in the directory."""
    data = bytearray(content)
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def test_members_come_out_under_paths_that_lead_nowhere_each_once() -> None:
    content = make_zip(
        [
            ("contracts/lease.txt", b"Due now."),
            ("../../etc/x.txt", b"a"),
            ("C:\\y.txt", b"b"),
            ("contracts/lease.txt", b"Due later."),
            ("contracts/", b""),
            ("__MACOSX/._lease.txt", b"c"),
        ]
    )
    parsed = partition(content, name="a.zip")
    assert parsed.text.splitlines() == ["contracts/lease.txt", "etc/x.txt", "y.txt", "contracts/lease (2).txt"]
    assert [(a.name, a.content) for a in parsed.attachments][::3] == [
        ("contracts/lease.txt", b"Due now."),
        ("contracts/lease (2).txt", b"Due later."),
    ]
    assert all(attachment.is_member for attachment in parsed.attachments)
    assert parsed.warnings == {"unsafe_member_names": 2, "members_skipped": 1}


def test_a_member_that_cannot_be_taken_out_says_why_and_the_others_come() -> None:
    bomb = make_zip([("secret.txt", b"x"), ("bomb.txt", b"0" * 3_000_000), ("fine.txt", b"Due now.")])
    parsed = partition(encrypt_first(bomb), name="a.zip")
    errors = [type(attachment.error) for attachment in parsed.attachments]
    assert errors == [DocumentEncrypted, DocumentLimitExceeded, type(None)]


def test_a_password_opens_members() -> None:
    # Members with the flag but no real encryption fail their check of the password.
    parsed = partition(
        encrypt_first(make_zip([("a.txt", b"x" * 40)])), name="a.zip", options=ParseOptions(password="k")
    )
    assert isinstance(parsed.attachments[0].error, DocumentEncrypted | DocumentCorrupt)


def test_links_are_no_documents() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.txt", "Due now.")
    parsed = partition(stream.getvalue(), name="a.zip")
    assert [attachment.name for attachment in parsed.attachments] == ["a.txt"]
    assert parsed.warnings == {"links_skipped": 1}


def test_an_archive_keeps_to_the_limits() -> None:
    content = make_zip([(f"{n}.txt", b"Due now.") for n in range(5)])
    with pytest.raises(DocumentLimitExceeded, match="5 members"):
        partition(content, name="a.zip", limits=ParseLimits(max_parts=4))
    with pytest.raises(DocumentLimitExceeded, match="40 bytes"):
        partition(content, name="a.zip", limits=ParseLimits(max_expanded_bytes=39))
    with pytest.raises(PartitionFailed, match="no file"):
        partition(make_zip([("empty/", b"")]), name="a.zip")


@given(st.text(max_size=60))
def test_no_name_leads_out_of_its_archive(name: str) -> None:
    path = safe_path(name)
    assert not path.startswith("/")
    assert "\\" not in path
    assert ".." not in path.split("/")
    assert path.isprintable()
    assert safe_path(path) == path
