"""What a subject that contract questions ask about is, and whether a sentence can be the clause on it.

Sharing words with a clause is not being one. A sentence bears on a topic by its own operative words; standing under
the clause's heading is enough only for a sentence that orders or allows something. What looks alike but is something
else (`effective date of termination`, `exclusive jurisdiction`) is left out before the words are compared, and for
questions that ask whether there is a clause, definitions and recitals are no clause.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

AnswerKind = Literal["date", "duration", "law", "amount", "party", "text", "presence"]

FLAGS: Final = re.IGNORECASE | re.DOTALL
MAX_READ_CHARS: Final = 3_000
_BLANK: Final = " ¤ "
_OPERATIVE: Final = re.compile(
    r"\b(?:shall|will|may|must|cannot|agrees?|covenants?|undertakes?|hereby|continues?|begins?|appl(?:y|ies)|survives?|remains?|lasts?|ends?|commences?|expires?|terminates?|renews?|entitled|obliged|obligated|required|"
    r"is\s+(?:not\s+)?(?:permitted|prohibited|responsible|liable)|represents?|warrants?|grants?|waives?|"
    r"wird|werden|ist|sind|darf|dürfen|kann|können|muss|müssen|hat|haben|verpflichtet|berechtigt|gilt|gelten)\b",
    re.IGNORECASE,
)
_DEFINITION: Final = re.compile(
    r"\s*(?:\(?[\divxa-z.]{1,8}\)?\.?\s+)?(?:the\s+term\s+)?[“\"„'‘][^”\"“'’]{2,80}[”\"“'’]\s*(?:\([^)]{0,80}\)\s*)?"
    r"(?:shall\s+|will\s+)?(?:means?|has\s+the\s+meaning|have\s+the\s+meaning|includes?|refers?\s+to|bedeutet|bezeichnet)\b",
    re.IGNORECASE,
)
_PLAIN_DEFINITION: Final = re.compile(
    r"\s*(?:\(?[\divxa-z.]{1,8}\)?\.?\s+)?(?:[A-Z][\w’'&/-]*\s+(?:(?:of|and|the|or|in|for)\s+)?){1,6}"
    r"(?:shall\s+|will\s+)?(?:means?|has\s+the\s+meaning|have\s+the\s+meaning|bedeutet|bezeichnet)\b"
)
# An item of a list that names a thing and orders nothing: "(a) any contract under which a supplier assigns rights".
_LISTED_THING: Final = re.compile(
    r"\s*\(?(?:\d{1,2}|[a-z]|[ivx]{1,5})[.)]\s+(?:any|all|each|every|such)\s", re.IGNORECASE
)
_MODAL: Final = re.compile(
    r"\b(?:shall|will|may|must|can|cannot|agrees?|hereby|is|are|wird|werden|darf|dürfen|kann|können|muss|müssen|ist|sind)\b",
    re.IGNORECASE,
)
_RECITAL: Final = re.compile(r"\s*(?:\(?[A-Z0-9]{1,3}[.)]\s+)?(?:WHEREAS|in\s+Erwägung)\b", re.IGNORECASE)
_NAMED: Final = "named heading"
_NEED_VALUES: Final = frozenset({"agreement date", "governing law", "warranty duration"})


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject.

    `kind` is what an answer to a question about it is that is not yes or no; `asked` is looked for in questions,
    `worded` in sentences, after what `unlike` names was left out; `anchor` is what stands beside the answer where a
    sentence holds several of its kind.
    """

    name: str
    kind: AnswerKind
    asked: re.Pattern[str]
    worded: re.Pattern[str]
    unlike: re.Pattern[str] | None = None
    queries: tuple[str, ...] = ()
    anchor: re.Pattern[str] | None = None

    @property
    def is_named(self) -> bool:
        """Say whether the question named the clause by its heading."""
        return self.name == _NAMED

    @property
    def needs_value(self) -> bool:
        """Say whether a sentence without a value of the kind cannot answer: a date of signing is a date."""
        return self.name in _NEED_VALUES

    def bears(self, text: str, heading: str = "") -> bool:
        """Say whether a sentence can be the clause on this topic, by its own words or those of its heading.

        Words beyond the first 3,000 characters are not looked at.
        """
        text = text[:MAX_READ_CHARS]
        if self.kind == "presence" and is_no_clause(text):
            return False
        if self._is_worded(text):
            return True
        return bool(heading) and self._is_worded(heading) and _OPERATIVE.search(text) is not None

    def _is_worded(self, text: str) -> bool:
        if self.worded.search(text) is None:
            return False
        return self.unlike is None or self.worded.search(self.unlike.sub(_BLANK, text)) is not None


def is_no_clause(text: str) -> bool:
    """Say whether a sentence defines a term, names a thing or recites why the parties met, and so orders nothing."""
    if _LISTED_THING.match(text) and _MODAL.search(text) is None:
        return True
    return any(pattern.match(text) for pattern in (_DEFINITION, _PLAIN_DEFINITION, _RECITAL))


_HEADED: Final = re.compile(
    r"\b(?:headed|titled|entitled|called|named|heading|clause|section|article|überschrieben|abschnitt|ziffer)\s+"
    r"[“\"„‘']([^“”\"„’]{3,120})[”\"“’']",
    re.IGNORECASE,
)
_NUMBER: Final = r"\s*(?:(?:section|article|clause|§+)\s*)?(?:\(?[\divxa-z]{1,4}(?:\.\d{1,3})*[.)]?\s+)?"


def headed_topic(question: str) -> Topic | None:
    """Return the topic of a question that names a clause by its heading in quotation marks; None where it names none.

    A sentence bears on it that begins with the heading or stands under it.
    """
    match = _HEADED.search(question)
    if match is None:
        return None
    heading = r"\s+".join(re.escape(word) for word in match[1].strip(" .:").split())
    worded = re.compile(rf"\A{_NUMBER}{heading}(?!\w)", FLAGS)
    return Topic(_NAMED, "text", asked=_HEADED, worded=worded)
