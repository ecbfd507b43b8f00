"""Which definitions and sections a quoted sentence rests on: those without which a reader cannot tell what it says.

A defined term is followed where its definition holds a date, a time, an amount or the days of the week that the
sentence counts in; a reference where its words make the sentence depend on it ("subject to Section 9.1"); a part or a
term of another paper where the sentence takes it over. Everything else is left alone: most sentences rest on nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.structure import DefinedTerm
from averment.pipelines.anatomy.references import part_mentions
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.figures import find_figures

MAX_DEFINITION: Final = 700
_LEAD_CHARS: Final = 90
_DEPENDS: Final = re.compile(
    r"\b(?:subject\s+to|except\s+(?:as|for)\b[^,;.]{0,50}|notwithstanding|unless\s+otherwise\s+\w+\s+in"
    r"|as\s+(?:set\s+(?:forth|out)|provided|specified|defined|stated|described)\s+(?:in|on|by)|set\s+(?:forth|out)\s+(?:in|on)"
    r"|vorbehaltlich(?:\s+(?:der|des))?|unbeschadet(?:\s+(?:der|des))?|soweit\s+in|wie\s+in)\s+"
    r"(?:the\s+)?(?:provisions\s+of\s+)?$",
    re.I,
)
_ATTACHED: Final = re.compile(r"^(?:schedule|exhibit|annex|appendix|attachment|anlage|anhang|addendum)\s")
_TAKEN_OVER: Final = re.compile(
    r"\bincorporated\b|\battached\b|\bhereto\b|\bpart\s+of\s+this\b|\bBestandteil\b|\bbeigefügt|\baufgeführt|\bgemäß\s*$",
    re.I,
)
_ELSEWHERE: Final = re.compile(
    r"(?P<term>[A-ZÄÖÜ][\w’'-]*(?:\s[A-ZÄÖÜ][\w’'-]*){0,4})?[”\"“]?[,\s(]*\bas\s+(?:such\s+term\s+is\s+|that\s+term\s+is\s+)?defined\s+in\s+"
    r"(?:the|that\s+certain)\s+(?P<title>(?:(?:[A-Z][\w&’'-]*|of|and|for)\s+){0,7}?(?:Agreement|Contract|Lease|License|Plan|Indenture|Terms))\b"
    r"|(?P<german>[A-ZÄÖÜ][\w-]*)\s*\(?(?:wie\s+)?im\s+(?P<vertrag>\w*[Vv]ertrag|\w*[Vv]ereinbarung)\s+definiert"
)
# What stands before a term that something is counted in: "ten Business Days", "5 % of Net Sales", "in a Contract Year".
_MEASURED: Final = re.compile(
    r"(?:\d\)?|%\)?(?:\s+of)?|\b(?:during|per|within|outside|throughout|each|in\s+(?:an?|any|each)|while|während|je|innerhalb(?:\s+der)?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|zwei|drei|fünf|zehn))\s+(?:the\s+)?$",
    re.I,
)
_WEEKDAYS: Final = re.compile(r"\b(?:Saturday|Sunday|holiday|Sonnabend|Samstag|Sonntag|Feiertag)", re.I)
_GENERAL: Final = frozenset(
    {"agreement", "contract", "lease", "party", "parties", "section", "vertrag", "partei", "parteien"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNamed:
    """A numbered part that a sentence rests on; `is_attached` marks a schedule or exhibit."""

    label: str
    is_attached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A term that another paper defines."""

    term: str
    title: str


def deciding_terms(
    sentence: str, terms: Sequence[DefinedTerm], *, text: str, wants_day: bool = False
) -> Iterator[DefinedTerm]:
    """Yield the defined terms that decide what a sentence counts in, in order of the definitions.

    Args:
        sentence: What is quoted.
        terms: What its document defines.
        text: The document.
        wants_day: Whether a day is asked for, which a name in brackets may stand for.
    """
    for term in terms:
        if term.term.lower() in _GENERAL or term.definition_end - term.definition_start > MAX_DEFINITION:
            continue
        used = re.search(rf"(?<!\w){re.escape(term.term)}s?(?!\w)", sentence)
        if used is None:
            continue
        definition = text[term.definition_start : term.definition_end]
        if " ".join(definition.split()) in " ".join(sentence.split()):
            continue
        means = term.definition_start <= term.start < term.definition_end
        is_measure = means and _MEASURED.search(sentence, 0, used.start()) and _counts(definition)
        if is_measure or (wants_day and not means and _says_day(definition, sentence)):
            yield term


def parts_named(sentence: str) -> Iterator[PartNamed]:
    """Yield the parts that a sentence makes itself depend on or takes over, each once.

    Example:
        >>> [part.label for part in parts_named("Liability is limited, subject to Section 9.1.")]
        ['section 9.1']
    """
    seen: set[str] = set()
    for label, start, end in part_mentions(sentence):
        lead = sentence[max(0, start - _LEAD_CHARS) : start]
        is_attached = _ATTACHED.match(label) is not None
        around = f"{lead} {sentence[end : end + _LEAD_CHARS]}"
        decides = _DEPENDS.search(lead) or (is_attached and _TAKEN_OVER.search(around))
        if decides and label not in seen:
            seen.add(label)
            yield PartNamed(label=label, is_attached=is_attached)


def defined_elsewhere(sentence: str) -> Elsewhere | None:
    """Return the term that a sentence takes from another paper; None where it takes none.

    Example:
        >>> defined_elsewhere("Fees are due on a Business Day (as defined in the Master Agreement).").title
        'Master Agreement'
    """
    found = _ELSEWHERE.search(sentence)
    if found is None:
        return None
    term, title = found["term"] or found["german"] or "", found["title"] or found["vertrag"]
    return Elsewhere(term=" ".join(term.split()), title=" ".join(title.split()))


def _counts(definition: str) -> bool:
    if _WEEKDAYS.search(definition):
        return True
    for _, start, end in part_mentions(definition):
        definition = definition[:start] + " " * (end - start) + definition[end:]
    return bool(find_dates(definition) or find_durations(definition) or find_figures(definition))


def _says_day(antecedent: str, sentence: str) -> bool:
    """Say whether a name in brackets stands for a day, and the sentence prints none itself."""
    return bool(find_dates(antecedent)) and not find_dates(sentence)
