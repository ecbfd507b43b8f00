"""Which subjects a question asks about. A question may have none."""

from typing import Final

from averment.pipelines.reasoning.topic import Topic, headed_topic
from averment.pipelines.reasoning.vocabulary import TOPICS

_GENERAL: Final[dict[str, frozenset[str]]] = {
    "exception to a restriction": frozenset(
        {"non-compete", "exclusivity", "no solicitation of employees", "no solicitation of customers"}
    ),
    "covenant not to sue": frozenset({"intellectual property ownership", "joint ownership"}),
    "confidentiality": frozenset({"expiration", "after termination"}),
    "after termination": frozenset({"expiration"}),
    "non-compete": frozenset({"expiration"}),
    "insurance": frozenset({"expiration", "payment", "minimum commitment"}),
    "audit": frozenset({"expiration"}),
    "escrow": frozenset({"licence grant"}),
    "liability cap": frozenset({"payment"}),
    "uncapped liability": frozenset({"liability cap"}),
    "unlimited licence": frozenset({"licence grant"}),
    "perpetual licence": frozenset({"licence grant"}),
    "affiliates' licence": frozenset({"licence grant"}),
    "licence transfer": frozenset({"licence grant"}),
    "joint ownership": frozenset({"intellectual property ownership"}),
    "renewal": frozenset({"expiration"}),
    "notice to end renewal": frozenset({"renewal", "expiration"}),
    "volume restriction": frozenset({"payment"}),
    "liquidated damages": frozenset({"payment"}),
    "revenue share": frozenset({"payment"}),
    "price restrictions": frozenset({"payment"}),
}


def topics_of(question: str) -> tuple[Topic, ...]:
    """Return the topics a question asks about, at most three; a special one leaves out the general one it is of."""
    named = headed_topic(question)
    if named is not None:
        return (named,)
    found = [topic for topic in TOPICS if topic.asked.search(question)]
    general = frozenset(name for topic in found for name in _GENERAL.get(topic.name, ()))
    return tuple(topic for topic in found if topic.name not in general)[:3]
