"""The values a document can be filtered by, and how they are compared.

The index payload, the catalog's rows and a query's filters are all made by these functions, so that a filter means the
same in every store. Names people write (party, issuer, form type, period, tag) are compared without regard to case
and spacing; identifiers (ids, URIs, file names, media types, kinds) exactly.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import unquote, urlsplit

from averment.core.documents import DocumentVersion
from averment.core.errors import UsageError

TERM_FIELDS: Final = (
    "document_id",
    "source_uri",
    "file_name",
    "kind",
    "media_type",
    "party",
    "issuer",
    "form_type",
    "period",
    "tag",
)
DATE_FIELD: Final = "document_date"
_LENIENT: Final = frozenset({"party", "issuer", "form_type", "period", "tag"})
_SPACES: Final = re.compile(r"\s+")
_ATTACHMENT_NUMBER: Final = re.compile(r"^\d+-")
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def normalise(field: str, value: str) -> str:
    """Return the form in which a value of a filter field is stored and compared."""
    if field not in _LENIENT:
        return value
    return _SPACES.sub(" ", value).strip().casefold()


def document_terms(document: DocumentVersion) -> Mapping[str, tuple[str, ...]]:
    """Return every filterable value of a document by field, normalised, without empty ones."""
    raw: dict[str, tuple[str | None, ...]] = {
        "document_id": (document.document_id,),
        "source_uri": (document.source_uri,),
        "file_name": (file_name(document.source_uri),),
        "kind": (document.kind,),
        "media_type": (document.media_type,),
        "party": document.parties,
        "issuer": (document.issuer,),
        "form_type": (document.form_type,),
        "period": (document.period,),
        "tag": document.tags,
    }
    return {field: _distinct(field, values) for field, values in raw.items()}


def file_name(source_uri: str) -> str:
    """Return the last path segment of a source URI or path, percent-decoded; of an attachment, its own name.

    Example:
        >>> file_name("file:///contracts/Master%20Agreement.pdf")
        'Master Agreement.pdf'
        >>> file_name("file:///mail/offer.eml#2-price%20list.xlsx")
        'price list.xlsx'
    """
    if "://" not in source_uri:
        return source_uri.rstrip("/").rsplit("/", 1)[-1]
    parts = urlsplit(source_uri)
    if parts.fragment:
        return unquote(_ATTACHMENT_NUMBER.sub("", parts.fragment.rsplit("#", 1)[-1]))
    return unquote((parts.path or parts.netloc).rstrip("/").rsplit("/", 1)[-1])


def date_number(iso: str | None) -> int | None:
    """Write an ISO 8601 calendar date as the integer yyyymmdd; None for anything else.

    Example:
        >>> date_number("2024-03-31")
        20240331
    """
    if iso is None or not _ISO_DATE.fullmatch(iso):
        return None
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return None
    return day.year * 10_000 + day.month * 100 + day.day


def date_bound(name: str, iso: str | None) -> int | None:
    """Read a bound of a date filter.

    Raises:
        UsageError: It is given and no calendar date.
    """
    number = date_number(iso)
    if iso is not None and number is None:
        raise UsageError(
            f"filter {name} is {iso!r}, expected a date as YYYY-MM-DD", hint=f"for example {name}=2024-03-31"
        )
    return number


def _distinct(field: str, values: tuple[str | None, ...]) -> tuple[str, ...]:
    normal = (normalise(field, value) for value in values if value)
    return tuple(dict.fromkeys(value for value in normal if value))
