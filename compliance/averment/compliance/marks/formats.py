"""Marks files and detects marks, offline: pure functions over bytes.

A detector says what it found and nothing more: a file without a mark is a file without a mark, whoever wrote it.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from averment.compliance.log.note import SignerKey, VerifierKey
from averment.compliance.marks import docx_mark, html_mark, json_mark, pdf_mark, zip_mark
from averment.compliance.marks.answer_mark import find_answer_mark
from averment.compliance.marks.mark import MarkFacts, content_digest, read_mark, sign_mark, signer_of
from averment.core.errors import AuditIntegrityError, UsageError

FormatName = Literal["json", "html", "docx", "pdf", "zip"]
Verdict = Literal["valid", "invalid-signature", "changed-content", "no-mark"]


class MarkFormat(Protocol):
    """Puts a mark into a file and finds it again; `canonical(embed(raw, mark)) == canonical(raw)`."""

    def canonical(self, raw: bytes) -> bytes:
        """Return what a mark's digest is over: the file without its mark."""

    def embed(self, raw: bytes, mark: str) -> bytes:
        """Return the file with a mark; it has none yet."""

    def extract(self, raw: bytes) -> str | None:
        """Return the mark in a file, or None."""


FORMATS: Final[Mapping[FormatName, MarkFormat]] = {
    "docx": docx_mark,
    "html": html_mark,
    "json": json_mark,
    "pdf": pdf_mark,
    "zip": zip_mark,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedFile:
    """A file with its mark, its format, and the digest that the mark names."""

    raw: bytes
    format: FormatName
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What was found: a mark and what it says, or none. `signer` is the name in a good signature."""

    verdict: Verdict
    format: FormatName
    facts: MarkFacts | None = None
    signer: str | None = None


def format_of(raw: bytes) -> FormatName:
    """Tell the format of a file from its bytes.

    Raises:
        UsageError: It is none that marks are put into.
    """
    start = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if raw.startswith(b"%PDF-"):
        return "pdf"
    if raw.startswith(b"PK"):
        return "docx" if docx_mark.RELATIONSHIPS.encode() in raw else "zip"
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    raise UsageError("the file is neither JSON, HTML, DOCX, PDF nor ZIP", hint="marks are put into these formats only")


def mark_file(raw: bytes, *, facts: MarkFacts, signer: SignerKey) -> MarkedFile:
    """Return a file with its mark.

    Raises:
        UsageError: The format is not one of ours, the file is damaged, or it is marked already.
    """
    name = format_of(raw)
    chosen = FORMATS[name]
    try:
        if chosen.extract(raw) is not None:
            raise UsageError(f"the {name} file has a mark already")
        content = content_digest(chosen.canonical(raw))
        return MarkedFile(raw=chosen.embed(raw, sign_mark(facts, content, signer=signer)), format=name, content=content)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UsageError(f"the file cannot be read as {name}: {error}") from error


def detect(raw: bytes, *, keys: Sequence[VerifierKey]) -> Detection:
    """Say whether a file has a mark, and whether it is good: signed by one of the keys, over this content.

    Raises:
        UsageError: The format is not one of ours, or the file is damaged.
    """
    name = format_of(raw)
    try:
        found = _found(raw, name)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UsageError(f"the file cannot be read as {name}: {error}") from error
    if found is None:
        return Detection(verdict="no-mark", format=name)
    text, content = found
    try:
        mark = read_mark(text)
    except AuditIntegrityError:
        return Detection(verdict="invalid-signature", format=name)
    signer = signer_of(mark, keys)
    if signer is None:
        return Detection(verdict="invalid-signature", format=name, facts=mark.facts)
    verdict: Verdict = "valid" if mark.content == content_digest(content) else "changed-content"
    return Detection(verdict=verdict, format=name, facts=mark.facts, signer=signer)


def _found(raw: bytes, name: FormatName) -> tuple[str, bytes] | None:
    """Return the mark in a file and the bytes that its digest must be over."""
    mark = FORMATS[name].extract(raw)
    if mark is not None:
        return mark, FORMATS[name].canonical(raw)
    return find_answer_mark(json.loads(raw)) if name == "json" else None
