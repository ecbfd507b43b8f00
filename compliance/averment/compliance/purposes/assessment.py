"""What follows from the answers of a purpose's record: its classification, and whether an impact assessment is owed.

Rules: a prohibited practice ends it; a use under no point of Annex III is not high-risk; one under a point is high-risk
unless a condition of Article 6(3) is claimed with grounds; whatever profiles natural persons is taken for high-risk.
The result is what the organisation's own answers lead to, and no legal opinion.
"""

from dataclasses import dataclass
from typing import Final, Literal

from averment.compliance.purposes.record import PurposeRecord

Classification = Literal["not-high-risk", "exempt", "high-risk", "prohibited"]
FRIA_POINTS: Final = frozenset({"5.b", "5.c"})
"""Points for which every deployer owes a fundamental rights impact assessment (Article 27(1))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The outcome. `result` is None while questions are `open`; `because` names what decided, as codes."""

    result: Classification | None
    because: tuple[str, ...]
    is_fria_owed: bool | None
    fria_because: str
    open: tuple[str, ...]


def assess(record: PurposeRecord) -> Assessment:
    """Draw the conclusions of a record."""
    missing = _open_questions(record)
    if missing:
        return Assessment(result=None, because=(), is_fria_owed=None, fria_because="incomplete", open=missing)
    result, because = _classify(record)
    is_owed, fria_because = _impact_assessment(record, result)
    return Assessment(result=result, because=because, is_fria_owed=is_owed, fria_because=fria_because, open=())


def _open_questions(record: PurposeRecord) -> tuple[str, ...]:
    found = [name for name in ("description", "owner", "intended_use") if not getattr(record, name).strip()]
    found += [f"annex_iii.{point}.applies" for point, answer in record.annex_iii.items() if answer.applies is None]
    for point in record.points:
        answer = record.annex_iii[point]
        found += [
            f"annex_iii.{point}.{name}" for name in ("decision", "subject", "domain") if not getattr(answer, name)
        ]
    if record.profiles_natural_persons is None:
        found.append("profiles_natural_persons")
    if record.article_5.is_prohibited is None:
        found.append("article_5.is_prohibited")
    if not record.article_5.reviewer.strip():
        found.append("article_5.reviewer")
    if record.article_6_3.condition is not None and not record.article_6_3.grounds.strip():
        found.append("article_6_3.grounds")
    if record.deployer is None:
        found.append("deployer")
    return tuple(found)


def _classify(record: PurposeRecord) -> tuple[Classification, tuple[str, ...]]:
    points = tuple(f"annex-iii.{point}" for point in record.points)
    if record.article_5.is_prohibited:
        return "prohibited", ("article-5",)
    if not points:
        return ("high-risk", ("profiling",)) if record.profiles_natural_persons else ("not-high-risk", ("no-point",))
    if record.profiles_natural_persons:
        return "high-risk", (*points, "profiling")
    if record.article_6_3.condition is None:
        return "high-risk", points
    return "exempt", (*points, f"article-6-3.{record.article_6_3.condition}")


def _impact_assessment(record: PurposeRecord, result: Classification) -> tuple[bool, str]:
    if result != "high-risk":
        return False, "not-high-risk"
    if FRIA_POINTS & set(record.points):
        return True, "point-5b-5c"
    return (False, "private-deployer") if record.deployer == "private" else (True, str(record.deployer))
