"""A gate that admits every question, or says what a test tells it, and the recording that it stands in."""

from averment.core.analysis import Admission
from averment.core.answers import Answer
from averment.core.audit import EventValue
from averment.core.data_dir import DataDir
from averment.core.errors import AvermentError
from averment.core.ports import Mark, Notices, Recording


class OpenGate:
    """Returns one admission for all, and keeps what was asked of it."""

    def __init__(self, admission: Admission | None = None, *, error: AvermentError | None = None):
        self.admission = admission or Admission()
        self.error = error
        self.asked: list[tuple[str, str]] = []

    def admit(self, question: str, *, purpose: str) -> Admission:
        """Keep question and purpose, then admit or raise."""
        self.asked.append((question, purpose))
        if self.error is not None:
            raise self.error
        return self.admission


class ToldOnce:
    """Takes note of who was told, for good."""

    def __init__(self) -> None:
        self.told: set[tuple[str, str]] = set()

    def is_due(self, subject: str, *, about: str) -> bool:
        """Tell whether somebody was not told."""
        return (subject, about) not in self.told

    def remember(self, subject: str, *, about: str) -> None:
        """Take note of who is told."""
        self.told.add((subject, about))


def plain_recording(
    _data_dir: DataDir | None = None, *, gate: OpenGate | None = None, notices: Notices | None = None
) -> Recording:
    """Return a recording that states an answer's id alone and marks it with a word."""

    def record(answer: Answer) -> dict[str, EventValue]:
        return {"answer_id": answer.id}

    def mark(answer: Answer, model: str) -> Mark:
        return Mark(text=f"marked {model}", facts={"answer_id": answer.id})

    return Recording(record=record, gate=gate or OpenGate(), notices=notices or ToldOnce(), mark=mark)
