"""What an arm says to a question, in the one form that all arms are judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, Self

from averment.core.answers import TypedValue
from averment.evaluation.pack import PackQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that a reply rests on, `text == canonical[start:end]` of the document as it was read.

    `is_compared` marks a figure that a recorded comparison read to choose the period it answers with; the period is
    cited beside it.
    """

    doc_id: str
    start: int
    end: int
    text: str
    is_compared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a reply cost.

    `seconds` counts calls that were kept from an earlier run as long as they took then; `joules` is None where it
    could not be read, and where a call was kept: what that spent was not read.
    """

    seconds: float = 0.0
    model_s: float = 0.0
    joules: float | None = None
    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an arm says.

    Args:
        is_answered: It claims to know; an abstention, a failure and "there is no such clause" do not.
        is_absence: It says that the documents hold no answer, which an abstention leaves open.
        text: What the reader is told, without notices.
        value: The machine-readable result, where the arm has one.
        label: One of the labels asked for, where the question asks for one.
        places: What it cites, best first.
        n_fabricated: Quotations that do not stand where they are said to stand.
        cost: What it cost.
        note: A code for how it ended: status and warnings; no content.
    """

    is_answered: bool
    is_absence: bool = False
    text: str = ""
    value: TypedValue | None = None
    label: str | None = None
    places: tuple[Place, ...] = ()
    n_fabricated: int = 0
    cost: Cost = Cost()
    note: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a reply back from its JSON form."""
        value = row["value"]
        return cls(
            is_answered=row["is_answered"],
            is_absence=row["is_absence"],
            text=row["text"],
            value=None if value is None else TypedValue(**{**value, "value": _typed(value)}),
            label=row["label"],
            places=tuple(Place(**place) for place in row["places"]),
            n_fabricated=row["n_fabricated"],
            cost=Cost(**row["cost"]),
            note=row["note"],
        )

    def number(self) -> Decimal | None:
        """Return the one number of the machine-readable result, scaled; None where there is none."""
        if self.value is None or not isinstance(self.value.value, Decimal):
            return None
        return self.value.value * self.value.scale


def _typed(value: Mapping[str, Any]) -> bool | str | Decimal | tuple[str, ...]:
    stored = value["value"]
    if isinstance(stored, list):
        return tuple(stored)
    is_number = value["type"] in ("number", "amount", "duration") and isinstance(stored, str)
    return Decimal(stored) if is_number else stored


class Arm(Protocol):
    """One way of answering."""

    name: str

    def reply(self, question: PackQuestion) -> Reply:
        """Answer a question; a failure of the language model is a reply that is not answered."""
