"""Judges whether a question is a use within Annex III of the AI Act: a decision about a natural person in a domain.

The patterns (`regulation/screening.yaml`) and the example sentences that a question is likened to
(`regulation/screening_examples.yaml`) are dated data, English and German. They find what is asked for openly; a
question that hides what it is for passes, so this is a guard against drift of use and no proof that there was none.
What it finds is told by codes, never by text.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

MAX_CHARS: Final = 20_000
UNNAMED: Final = "unnamed"


def _compiled(value: object) -> object:
    """Read a pattern that is folded over lines: line breaks and the spaces around them do not count."""
    return re.compile(re.sub(r"\|\s+", "|", value)) if isinstance(value, str) else value


Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]


class _Part(BaseModel):
    """A part of the data file; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PointRule(_Part):
    """How a point of Annex III is recognised; each of `decisions` is groups of `terms` that must all be there."""

    point: str
    decisions: tuple[tuple[str, ...], ...]
    subjects: Pattern
    domain: Pattern
    exits: tuple[Literal["legal_persons", "contents"], ...]
    firm_exits: Pattern | None = None


class ScreeningRules(_Part):
    """All patterns, with the day they were written."""

    schema_version: Literal[1]
    as_of: date
    terms: dict[str, Pattern]
    persons: Pattern
    legal_persons: Pattern
    contents: Pattern
    points: tuple[PointRule, ...]


class ScreeningExamples(_Part):
    """Sentences to liken questions to: uses outside by code (`annex-iii.<point>`, `article-5.<point>`), and others."""

    schema_version: Literal[1]
    as_of: date
    outside: dict[str, tuple[str, ...]]
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What a question was found to be: the points of Annex III, and codes of what was recognised.

    Codes are `annex-iii.<point>` and `decision.<group>`, the group `unnamed` where a natural person stands in a domain
    of Annex III and no decision is named; both are empty where nothing was recognised. `is_decision` where a decision
    is named; without one the question may as well be about what a document says.
    """

    points: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    is_decision: bool = False


@cache
def screening_rules() -> ScreeningRules:
    """Return the packaged patterns."""
    text = (files("averment.compliance") / "regulation" / "screening.yaml").read_text(encoding="utf-8")
    return ScreeningRules.model_validate(yaml.safe_load(text))


@cache
def screening_examples() -> ScreeningExamples:
    """Return the packaged sentences."""
    text = (files("averment.compliance") / "regulation" / "screening_examples.yaml").read_text(encoding="utf-8")
    return ScreeningExamples.model_validate(yaml.safe_load(text))


def screen(question: str, *, rules: ScreeningRules, intended: frozenset[str] = frozenset()) -> Screened:
    """Judge a question.

    Args:
        question: As it was asked; what is beyond 20,000 characters is not looked at.
        rules: The patterns.
        intended: Points of Annex III that the purpose was assessed for; questions within them are none outside.
    """
    text = folded(question)
    found = {rule.point: _decisions(text, rule, rules) for rule in rules.points if rule.point not in intended}
    hits = {point: decisions for point, decisions in found.items() if decisions}
    decided = dict.fromkeys(name for decisions in hits.values() for name in decisions)
    return Screened(
        points=tuple(hits),
        codes=(*(f"annex-iii.{point}" for point in hits), *(f"decision.{name}" for name in decided)),
        is_decision=any(name != UNNAMED for name in decided),
    )


def folded(question: str) -> str:
    """Return a question in lower case and one spelling, without characters that nobody sees, cut to 20,000."""
    plain = unicodedata.normalize("NFKC", question[:MAX_CHARS])
    seen = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return " ".join(seen.lower().replace("’", "'").split())


def _decisions(text: str, rule: PointRule, rules: ScreeningRules) -> tuple[str, ...]:
    """Return the names of what would be decided within a point; none where the point does not apply."""
    is_person = rules.persons.search(text) is not None
    if not rule.domain.search(text) or not (is_person or rule.subjects.search(text)):
        return ()
    if rule.firm_exits is not None and rule.firm_exits.search(text):
        return ()
    decided = next((names for names in rule.decisions if all(rules.terms[name].search(text) for name in names)), ())
    ways_out = {"legal_persons": rules.legal_persons, "contents": rules.contents}
    has_way_out = any(ways_out[name].search(text) for name in rule.exits)
    if is_person:
        return decided or (() if has_way_out or not rule.exits else (UNNAMED,))
    return () if has_way_out else decided
