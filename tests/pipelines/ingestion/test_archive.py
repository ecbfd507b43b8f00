"""Zip containers are opened with limits."""

import zipfile
from io import BytesIO

import pytest

from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.limits import ParseLimits


def _zip(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_bomb_is_refused_before_it_expands() -> None:
    with pytest.raises(DocumentLimitExceeded, match="zip bomb"):
        OfficeArchive(_zip(a=b"0" * (4 << 20)), limits=ParseLimits())
    with pytest.raises(DocumentLimitExceeded, match="expand"):
        OfficeArchive(_zip(a=b"0123456789" * 100), limits=ParseLimits(max_expanded_bytes=500))
    with pytest.raises(DocumentLimitExceeded, match="parts"):
        OfficeArchive(_zip(a=b"1", b=b"2"), limits=ParseLimits(max_parts=1))


def test_entities_are_refused_and_damage_is_named() -> None:
    archive = OfficeArchive(
        _zip(a=b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>', b=b"<x>"), limits=ParseLimits()
    )
    with pytest.raises(DocumentCorrupt, match="document type definition"):
        archive.xml("a")
    with pytest.raises(DocumentCorrupt, match="part b"):
        archive.xml("b")
    with pytest.raises(DocumentCorrupt, match="lacks its part c"):
        archive.read("c")
