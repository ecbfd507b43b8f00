"""Which document a question is about, and whether a document is that one.

A question may open with a clause that names its document ("According to Apple Inc.'s Form 10-K for the period
ended September 28, 2024, ..."). Company, form and period named there are conditions: a document that does not
show them is refused, never answered from.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.dates import find_dates

HEAD_CHARS: Final = 6_000
MIN_WORDS: Final = 4
_OPENING: Final = re.compile(
    r"\s*(?:according\s+to|based\s+on|using|consider(?:ing)?|in|under|per|for|from|regarding|as\s+regards|"
    r"with\s+regard\s+to|laut|gemäß|nach|bei|betrachte|betrifft|im|in\s+Bezug\s+auf)\b",
    re.IGNORECASE,
)
_INTERROGATIVE: Final = re.compile(
    r"[,:.;]\s+(?=(?:(?:by|on|to|in|at|for|under|from)\s+)?"
    r"(?:what|which|who|whom|whose|when|where|how|is|are|was|were|does|do|did|can|could|may|must|shall|will|has|have|"
    r"wie|was|welche[rsmn]?|wer|wann|wo|ist|sind|gibt|kann|muss|darf|hat|enthält)\b)",
    re.IGNORECASE,
)
_FORM: Final = re.compile(r"\b(?:Form\s+)?(10-?[KQ]|20-?F|8-?K|6-?K|S-1|S-4|F-1|40-?F)(?:/A)?\b", re.IGNORECASE)
_OWNER: Final = re.compile(r"(?<!^)\b([A-Z][\w&.\-]*(?:\s+(?:&\s+)?[A-Z][\w&.\-]*)*)[’']s\b")
_POSSESSIVE: Final = re.compile(r"[’']s\b|[’'](?=\s)")
_NAME: Final = re.compile(
    r"(?:[A-Z0-9][\w&.\-]*|[a-z]{0,2}[A-Z][\w&.\-]*)"
    r"(?:,?\s+(?:(?:of|and|the|&|de|und|der|van|von)\s+)?[A-Z0-9][\w&.\-]*)*"
)
LEGAL_FORMS: Final = frozenset(
    re.findall(
        r"\S+",
        "inc incorporated corp corporation co company ltd limited llc lp llp plc gmbh ag se sa nv bv kg kgaa holdings "
        "holding group sas srl spa na the",
    )
)
_GENERIC: Final = frozenset(
    re.findall(
        r"\S+",
        "form fiscal year quarter annual quarterly report agreement contract date section item note article us usd "
        "gaap consider according based using period ended the in under for from what which a an january february "
        "march april may june july august september october november december q1 q2 q3 q4 amendment exhibit "
        "schedule filing vertrag vereinbarung laut gemäß betrachte im",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a question says of its document, and the question without it.

    `clause` is the opening itself; `names` are companies, people or titles; `form` is a filing's form such as
    `10-K`; `ended` is the end of its period.
    """

    question: str
    clause: str = ""
    names: tuple[str, ...] = ()
    form: str | None = None
    ended: date | None = None


def read_scope(question: str) -> Scope:
    """Split a question into what names its document and what it asks."""
    plain = question.strip()
    match = _last_break(plain) if _OPENING.match(plain) else None
    if match is None:
        return Scope(question=plain, names=_owners(plain), form=_form(plain))
    clause, rest = plain[: match.start()], plain[match.end() :]
    ended = [found.day for found in find_dates(clause)]
    return Scope(
        question=rest,
        clause=clause,
        names=tuple(dict.fromkeys(_names(_OPENING.sub("", clause, count=1)) + _owners(rest))),
        form=_form(clause) or _form(rest),
        ended=ended[-1] if ended else None,
    )


def is_unborne(names: Sequence[str], unmatched: Sequence[str]) -> bool:
    """Say whether a question names somebody of whom no document bears a word: form and period alone name nobody.

    Args:
        names: Whom the question names.
        unmatched: The words of the question that no document bears as a name.
    """
    missing = {word for name in unmatched for word in distinctive_words(name)}
    return bool(names) and all(missing.issuperset(distinctive_words(name)) for name in names)


def without_names(text: str, names: Sequence[str]) -> str:
    """Take names out of a text, with the possessive ending that follows them."""
    for name in names:
        text = re.sub(rf"\b{re.escape(name)}\.?(?:[’']s?)?(?!\w)", " ", text)
    return text


def without_document_names(question: str, heads: Sequence[str]) -> str:
    """Take out of a question the names that documents bear at their beginning: all their sentences share them.

    Args:
        question: What is asked.
        heads: Titles, parties and first lines of the documents.
    """
    plain = question
    for match in reversed(list(_NAME.finditer(question))):
        name = match[0].strip(" ,.")
        opens = match.start() == 0 and " " not in name
        if not opens and distinctive_words(name) and any(name.lower() in head for head in heads):
            plain = f"{plain[: match.start()]} {plain[match.end() :]}"
    return " ".join(plain.split()) if len(plain.split()) >= MIN_WORDS else question


def mismatch(scope: Scope, document: DocumentVersion, head: str) -> str | None:
    """Return why a document cannot be the one the question names, or None.

    Args:
        scope: What the question says.
        document: What the catalog says.
        head: The beginning of the document's canonical text.

    Returns:
        A code: `company`, `form` or `period`.
    """
    known = " ".join([document.title, document.issuer or "", *document.parties, document.source_uri, head[:HEAD_CHARS]])
    shown = sum(_shown(name, known) for name in scope.names)
    if shown * 2 < len(scope.names):
        return "company"
    if scope.form is not None and not _same_form(scope.form, document.form_type, head):
        return "form"
    if scope.ended is not None and not _same_end(scope.ended, document, head):
        return "period"
    return None


def _last_break(text: str) -> re.Match[str] | None:
    """Find where the question proper begins: the last interrogative that opens a clause before the question mark."""
    end = text.find("?")
    matches = list(_INTERROGATIVE.finditer(text, 0, end if end >= 0 else len(text)))
    return matches[0] if matches else None


def _form(text: str) -> str | None:
    match = _FORM.search(text)
    return _normal_form(match[1]) if match else None


def _normal_form(form: str) -> str:
    plain = form.upper().replace("-", "").replace("/A", "").strip()
    return f"{plain[:-1]}-{plain[-1]}"


def _owners(text: str) -> tuple[str, ...]:
    """Return the names whose possessive the question asks about ("Harbor Bright's revenue")."""
    return tuple(dict.fromkeys(match[1] for match in _OWNER.finditer(text) if distinctive_words(match[1])))


def _names(clause: str) -> tuple[str, ...]:
    plain = _POSSESSIVE.sub(" |", clause)
    for found in reversed(find_dates(plain)):
        plain = plain[: found.start] + "|" + plain[found.end :]
    plain = _FORM.sub("|", plain)
    names = (match[0].strip(" ,.") for part in plain.split("|") for match in _NAME.finditer(part))
    return tuple(dict.fromkeys(name for name in names if distinctive_words(name)))


def distinctive_words(name: str) -> list[str]:
    """Return the words of a name, in lower case, that others do not share: no legal form, no kind, no number."""
    words = [word.strip(".,").lower() for word in re.split(r"[\s,]+", name)]
    return [word for word in words if word.strip("&") and word not in LEGAL_FORMS | _GENERIC and not word.isdigit()]


def _shown(name: str, known: str) -> bool:
    """Say whether the distinctive words of a name stand in what is known of a document, most of them at least."""
    words = distinctive_words(name)
    lower = known.lower()
    hits = sum(bool(re.search(rf"(?<![\w]){re.escape(word)}", lower)) for word in words)
    return hits * 3 >= len(words) * 2


def _same_form(form: str, form_type: str | None, head: str) -> bool:
    if form_type:
        return _normal_form(form_type) == form if _FORM.search(form_type) else False
    printed = [_normal_form(match[1]) for match in _FORM.finditer(head[:HEAD_CHARS])]
    return not printed or form in printed


def _same_end(ended: date, document: DocumentVersion, head: str) -> bool:
    known = " ".join((document.period or "", document.document_date or ""))
    days = [found.day for found in find_dates(known)] + [found.day for found in find_dates(head[:HEAD_CHARS])]
    return not days or ended in days
