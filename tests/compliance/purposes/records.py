"""Records of purposes for the tests: one whose questions are answered so that it is not high-risk."""

from typing import Any

from averment.compliance.purposes.record import PurposeRecord, new_record


def answered(code: str = "contract-review", **changes: Any) -> PurposeRecord:
    """Return a record without open questions; `changes` are members of it."""
    open_record = new_record(code, description="Review", owner="Legal", intended_use="Lawyers read contracts")
    content = open_record.model_dump()
    content["annex_iii"] = {point: {"applies": False} for point in content["annex_iii"]}
    content |= {
        "profiles_natural_persons": False,
        "article_5": {"is_prohibited": False, "reviewer": "Compliance"},
        "deployer": "private",
    }
    return PurposeRecord.model_validate({**content, **changes})


def under(*points: str, **changes: Any) -> PurposeRecord:
    """Return a record of a use that falls under points of Annex III."""
    answers: dict[str, object] = {point: {"applies": False} for point in answered().annex_iii}
    for point in points:
        answers[point] = {"applies": True, "decision": "granting", "subject": "applicants", "domain": "credit"}
    return answered(annex_iii=answers, **changes)
