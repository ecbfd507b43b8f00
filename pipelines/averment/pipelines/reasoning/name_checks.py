"""The guard on names: every capitalised name of a statement stands in its quotes; its subject may name the document.

What a document says at its beginning names it, and also holds states, dates and people: it may only say which document
is meant, before the statement's verb, and never what is said of it.
"""

import re
from typing import Final

from averment.pipelines.anatomy.titles import NAMES_A_KIND
from averment.pipelines.reasoning.dates import find_dates, find_months
from averment.pipelines.reasoning.identity import distinctive_words
from averment.pipelines.reasoning.sentences import VERB

MIN_MISSPELLED: Final = 6
"""From how many letters on a name is the document's although one of them is wrong."""
MIN_RIGHT: Final = 2
_NAME: Final = re.compile(r"[A-ZÄÖÜ][\w&’'-]+(?:\s+[A-ZÄÖÜ][\w&’'-]+)*")
_OPENERS: Final = frozenset(
    {"the", "a", "an", "this", "that", "under", "if", "each", "any", "der", "die", "das", "ein", "eine"}
)
_WORDS: Final = re.compile(r"[^\W\d_]{5,}")


def subject_end(text: str) -> int:
    """Return where the subject of a sentence ends: at its first verb, at 0 where there is none."""
    verb = VERB.search(text)
    return verb.start() if verb else 0


def names_hold(text: str, *, quoted: str, naming: str) -> bool:
    """Say whether every name of a statement is known.

    A subject may misspell one word of the document's names by one letter, where others of them are right.

    Args:
        text: The statement.
        quoted: What it cites.
        naming: What the cited documents are called and say of themselves at their beginning.
    """
    for start, end in [*((found.start, found.end) for found in find_dates(text)), *(m[:2] for m in find_months(text))]:
        text = text[:start] + "0" * (end - start) + text[end:]  # dates have a guard of their own
    quoted = quoted.lower()
    of_documents = f"{quoted} {naming.lower()}"
    end = subject_end(text)
    right, misspelled = 0, 0
    for match in _NAME.finditer(text):
        is_subject = match.start() < end
        known = of_documents if is_subject else quoted
        for word in _checked_words(text, match):
            if _stands(word, known):
                right += is_subject and bool(distinctive_words(word)) and not NAMES_A_KIND.search(word)
            elif is_subject and _is_near(word, known):
                misspelled += 1
            else:
                return False
    return misspelled == 0 or (misspelled == 1 and right >= MIN_RIGHT)


def _checked_words(text: str, match: re.Match[str]) -> list[str]:
    """Return the words of a name that must be known; at the beginning of a sentence any word is capitalised."""
    words = match[0].split()
    opens = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "!", "?", ":"))
    if not opens:
        return words
    return words if len(words) > 1 and words[0].lower() not in _OPENERS else words[1:]


def _stands(word: str, known: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.lower().strip('’'))}", known) is not None


def _is_near(word: str, known: str) -> bool:
    """Say whether a word is one of those known but for one letter wrong, missing, too many, or two exchanged."""
    from rapidfuzz.distance import OSA

    wanted = word.lower().strip("’'")
    if len(wanted) < MIN_MISSPELLED or not wanted.isalpha():
        return False
    return any(OSA.distance(wanted, other, score_cutoff=1) <= 1 for other in set(_WORDS.findall(known)))
