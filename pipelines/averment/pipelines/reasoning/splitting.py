"""Whether a question is cut into sub-questions once it is known which documents it is about."""

from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.loop import StepResult
from averment.pipelines.reasoning.parts import parts_of, wanted
from averment.pipelines.reasoning.running import StepNote


def split(found: Findings, *, answer_type: str | None) -> tuple[StepResult, StepNote] | None:
    """Cut a question about several documents into parts; None where it is answered as it is.

    Args:
        found: What was found; its sources are settled, and get the parts.
        answer_type: What the caller wants; one value is not asked of several documents.
    """
    if fits_none(found):
        found.refusal = "none_fits"
        return StepResult(), StepNote(code="none_fits")
    plan = found.planned
    if answer_type in (None, "text", "list"):
        found.parts = parts_of(
            plan.question,
            [source.document for source in found.sources],
            named=found.named,
            survey=found.survey,
            is_whole=plan.figures is None and len(found.sources) == len(found.visible),
            language=plan.language,
        )
    if not found.parts:
        return None
    return StepResult(n_parts=len(found.parts)), StepNote(code="split", facts={"parts": len(found.parts)})


def fits_none(found: Findings) -> bool:
    """Say whether every document in scope was looked at for a list, and none meets what it demands."""
    survey, plan = found.survey, found.planned
    if survey is None or plan.figures is not None or wanted(plan.question, survey) != "list":
        return False
    return survey.is_exhaustive and survey.documents_matched == 0
