"""Article 86: the role of the system and the main elements of one answer, from recorded facts alone.

The chain of thought of a model is neither recorded nor a reason; whether a human decided is for people to say.
"""

from collections.abc import Mapping

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.log_view import Logged
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType
from averment.core.errors import UsageError


def collect(sources: Sources, sheet: Sheet) -> None:
    """Say what the log has of the answer.

    Raises:
        UsageError: There is no such answer in the log.
    """
    log = sources.log
    started = log.entries(EventType.ANALYSIS_STARTED, answer_id=sources.subject)
    completed = log.entries(EventType.ANALYSIS_COMPLETED, answer_id=sources.subject)
    if not started:
        raise UsageError(
            f"there is no answer {sources.subject!r} in the log", hint="averment audit show --type analysis.completed"
        )
    asked = started[0]
    sheet.say(
        "86.role",
        "asked",
        on=[asked.evidence],
        time=asked.time,
        purpose=asked.leaf["purpose"],
        mode=asked.fact("mode"),
        channel=asked.fact("channel"),
        model=asked.fact("model") or sheet.words("none"),
    )
    if not completed:
        sheet.lacks("86.elements", "not_finished")
        return
    answer = completed[0]
    sheet.say("86.role", "answered", on=[answer.evidence], status=answer.fact("status"), method=answer.fact("method"))
    sheet.say("86.role", "no_thoughts", on=[answer.evidence])
    sheet.table(
        "86.elements", "elements", columns=("element", "value"), rows=_elements(answer, sheet), on=[answer.evidence]
    )


def _elements(answer: Logged, sheet: Sheet) -> list[tuple[str, str]]:
    data = answer.leaf["data"]
    assert isinstance(data, dict)
    rows = [
        (f"{sheet.words(f'element_{group}')}: {name}", str(value))
        for group in ("sentences", "checks", "coverage")
        for name, value in _members(data.get(group)).items()
    ]
    names = ("n_citations", "n_passages", "confidence_ppm", "threshold_ppm")
    return rows + [(sheet.words(f"element_{name}"), answer.fact(name)) for name in names]


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
