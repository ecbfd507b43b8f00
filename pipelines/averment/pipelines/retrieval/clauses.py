"""What clauses are about, and the words contracts and filings use for it.

People ask "can a party end the contract without cause"; contracts say "terminate for convenience upon
thirty days' written notice". `topics.yaml` lists how each topic is asked and how it is written, so that a
question is searched in the words of documents as well as in its own.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from averment.core.errors import ConfigurationError
from averment.core.ids import sha256_id

_FILE: Final = "topics.yaml"
MAX_TOPICS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A kind of clause or figure: `asked` recognises it in a question, `written` is how documents put it."""

    name: str
    asked: re.Pattern[str]
    written: str

    @property
    def english(self) -> str:
        """Return the English words, which stand before the first semicolon."""
        return self.written.partition(";")[0]

    @property
    def german(self) -> str:
        """Return the German words, which stand after it."""
        return self.written.partition(";")[2].strip()

    def words(self, languages: Collection[str] = ()) -> str:
        """Return the words of the languages (`en`, `de`); of both where that tells nothing."""
        chosen = [words for code, words in (("en", self.english), ("de", self.german)) if code in languages and words]
        return " ".join(chosen) or self.written


def topics(question: str, *, limit: int = MAX_TOPICS) -> tuple[Topic, ...]:
    """Return the topics a question is about, in the order of the list, at most `limit`.

    Example:
        >>> [topic.name for topic in topics("Which law governs the contract?")]
        ['governing_law']
    """
    return tuple(topic for topic in all_topics() if topic.asked.search(question))[:limit]


def document_words(found: Sequence[Topic], languages: Collection[str] = ()) -> str:
    """Return how documents write about the topics in those languages, as one text."""
    return " ".join(topic.words(languages) for topic in found)


@cache
def all_topics() -> tuple[Topic, ...]:
    """Read the list that ships with the package.

    Raises:
        ConfigurationError: An entry is malformed.
    """
    import yaml

    entries = yaml.safe_load(_content())
    try:
        return tuple(
            Topic(
                name=entry["name"],
                asked=re.compile(r"\b(?:" + "|".join(entry["asked"]) + ")", re.I),
                written=entry["written"],
            )
            for entry in entries
        )
    except (KeyError, TypeError, re.error) as cause:
        raise ConfigurationError(f"{_FILE} has an unusable entry: {cause}; the package is damaged") from cause


@cache
def topics_digest() -> str:
    """Return the hash of the list: another list retrieves otherwise."""
    return sha256_id(_content().encode("utf-8"))


def _content() -> str:
    return files(__package__).joinpath(_FILE).read_text("utf-8")
