"""Finds claims that a generated document may not make: of conformity, while no standard gives a presumption of it.

A renderer hands in the texts that it is about to write. Quotations of the law's own words are passed apart as
`quoted`, and are no claims. What says that something is not the case ("no presumption of conformity", "does not say
that … is compliant") is refused as well: the words stand in no generated text at all, so that no cut can turn one
into a claim.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from averment.compliance.obligations import Status
from averment.core.errors import UsageError

FORBIDDEN: Final = re.compile(
    r"\b(presum(?:ption|ed)\s+(?:of|to\s+be\s+in)\s+conformity|compliant|certified|konformitätsvermutung|"
    r"\w*konform|zertifiziert\w*)\b",
    re.IGNORECASE,
)
_SOFT_HYPHEN: Final = "\N{SOFT HYPHEN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenClaim:
    """A claim: the words found, and the number of the text that holds them, from 0."""

    words: str
    text: int


def forbidden_claims(texts: Iterable[str], *, status: Status, quoted: Iterable[str] = ()) -> list[ForbiddenClaim]:
    """Return the claims in some texts, in order; none where a standard is cited in the Official Journal.

    Args:
        texts: What is to be written.
        status: Where standards stand.
        quoted: Passages that are quotations of the law; they are taken out of the texts first.
    """
    if status.is_presumption_possible:
        return []
    quotations = [_plain(quotation) for quotation in quoted]
    found: list[ForbiddenClaim] = []
    for number, text in enumerate(texts):
        plain = _plain(text)
        for quotation in quotations:
            plain = plain.replace(quotation, " ")
        found += [ForbiddenClaim(words=match[0], text=number) for match in FORBIDDEN.finditer(plain)]
    return found


def refuse_claims(texts: Iterable[str], *, status: Status, quoted: Iterable[str] = ()) -> None:
    """Refuse texts with a claim.

    Raises:
        UsageError: There is one; the message names its words.
    """
    found = forbidden_claims(texts, status=status, quoted=quoted)
    if found:
        words = ", ".join(sorted({repr(claim.words.lower()) for claim in found}))
        raise UsageError(
            f"a generated document may not say {words}: no standard is cited in the Official Journal",
            hint="say what was done and measured; averment obligations names the state of the standards",
        )


def _plain(text: str) -> str:
    """Return a text with one space between words and without soft hyphens, so that layout hides nothing."""
    return " ".join(text.replace(_SOFT_HYPHEN, "").split())
