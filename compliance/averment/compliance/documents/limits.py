"""What a document does not establish: said in every document, from its fields.

What is unverified in the reading of the law itself stands in the kind (`law.caveats`), and is shown beside this."""

from collections.abc import Mapping

from averment.compliance.documents.filled import FilledField, Status
from averment.compliance.documents.words import Words


def not_established(fields: Mapping[str, FilledField], words: Words) -> tuple[str, ...]:
    """Say what a document does not establish.

    Args:
        fields: The filled fields.
        words: The language.
    """
    said = [words(key) for key in ("limit_law", "limit_complete", "limit_clock", "limit_escrow", "limit_present")]
    for status, key in ((Status.MISSING, "limit_missing"), (Status.STALE, "limit_stale")):
        found = [name for name, field in fields.items() if field.status is status]
        if found:
            said.append(words(key, fields=", ".join(found)))
    unsigned = [name for name, field in fields.items() if any(b.made_by == "people" for b in field.blocks)]
    if unsigned:
        said.append(words("limit_unsigned", fields=", ".join(unsigned)))
    unverified = [name for name, field in fields.items() if not field.verified]
    if unverified:
        said.append(words("limit_unverified", fields=", ".join(unverified)))
    return tuple(said)
