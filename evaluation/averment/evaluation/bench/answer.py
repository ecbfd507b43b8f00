"""What an answer costs beside its models: everything around language model, embedder and verifier, and the log.

The time outside models is the wall-clock time of one analysis, from the question to the answer with its receipt, less
`usage.model_s`. A share of the whole can be stated only where a language model answers; without one the milliseconds
are stated and the share is left open.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from averment.core.access import EVERYONE, Filters, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.ports import ChatModel
from averment.evaluation.bench.corpus import SAMPLE_QUESTIONS, SAMPLES
from averment.evaluation.bench.installation import SUBJECT, new_workspace, source_of
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Detail, Figure, Goal, Row, below, measured, not_taken
from averment.evaluation.bench.timing import quantile
from averment.pipelines.analysis import Analyst
from averment.pipelines.models.client import OpenAIChatModel
from averment.pipelines.workspace import Workspace

NAME: Final = "answer"
OUTSIDE: Final = below(150, "ms")
SHARE: Final = below(5, "%")
EVIDENCE_SHARE: Final = below(1, "%")
WHO: Final = Principal(subject=SUBJECT, groups=(EVERYONE,))
_QUICK_DOCUMENTS: Final = ("amendment-no-1-to-master-services-agreement.pdf",)
_SCAN: Final = "scan"
_NO_MODEL: Final = (
    "no language model answered: the share is that of an answer with one; start one with "
    "`averment model serve` and give its address: make bench BENCH='--endpoint http://127.0.0.1:PORT/v1'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """Times of one answer, seconds: all of it, what the answerer counted, what models took."""

    whole_s: float
    counted_s: float
    model_s: float
    model_calls: int
    status: str

    @property
    def outside_ms(self) -> float:
        """Return what was spent outside models."""
        return 1000 * (self.whole_s - self.model_s)

    @property
    def log_ms(self) -> float:
        """Return what was spent on records and receipt."""
        return 1000 * (self.whole_s - self.counted_s)


def measure(plan: Plan) -> list[Row]:
    """Answer the questions on the samples, without a language model and, where one is given, with it."""
    entries = _entries(plan)
    files = sorted({plan.root / SAMPLES / name for _, names in entries for name in names})
    profile = plan.asked_profile()
    rows: list[Row] = []
    with new_workspace(plan.work / NAME / "installation", cache=plan.cache) as workspace:
        workspace.ingestor(subject=SUBJECT).ingest(source_of(plan.work / NAME / "source", files))
        workspace.embedder.warm_up()
        plan.say(f"{NAME}: {len(files)} documents ingested, {len(entries)} questions")
        requests = [request for request, _ in entries]
        rows += _rows("no language model", _ask(workspace.analyst(None, profile=profile), requests), workspace)
        if plan.endpoint is None:
            shares = (("share of an answer outside models", SHARE), ("share of records and receipt", EVIDENCE_SHARE))
            rows += [not_taken((NAME, name), goal=goal, note=_NO_MODEL) for name, goal in shares]
        else:
            model: ChatModel = OpenAIChatModel(profile, base_url=plan.endpoint, api_key=plan.api_key)
            taken = _ask(workspace.analyst(model, profile=profile), requests)
            rows += _rows(model.model_id, taken, workspace, is_with_model=True)
    return rows


def _ask(analyst: Analyst, requests: Sequence[AnalysisRequest]) -> list[_Taken]:
    _timed(analyst, requests[0])
    return [_timed(analyst, request) for request in requests]


def _timed(analyst: Analyst, request: AnalysisRequest) -> _Taken:
    begin = time.perf_counter()
    answer: Answer = analyst.analyse(request)
    whole_s = time.perf_counter() - begin
    return _Taken(
        whole_s=whole_s,
        counted_s=answer.usage.duration_s,
        model_s=answer.usage.model_s,
        model_calls=answer.usage.model_calls,
        status=answer.status,
    )


def _rows(who: str, taken: Sequence[_Taken], workspace: Workspace, *, is_with_model: bool = False) -> list[Row]:
    detail: Detail = {
        "answered_by": who,
        "questions": len(taken),
        "documents": sum(workspace.catalog.counts().values()),
        "model_calls": sum(one.model_calls for one in taken),
        "seal_interval_ms": workspace.settings.log.seal_interval_ms,
        **{status: sum(one.status == status for one in taken) for status in sorted({one.status for one in taken})},
    }
    outside = [one.outside_ms for one in taken]
    figures: list[tuple[str, float, str, Goal | None]] = [
        ("outside models, p50", quantile(outside, 0.5), "ms", OUTSIDE),
        ("outside models, p95", quantile(outside, 0.95), "ms", OUTSIDE),
        ("of it records and receipt, p50", quantile([one.log_ms for one in taken], 0.5), "ms", None),
        ("inside models, p50", quantile([1000 * one.model_s for one in taken], 0.5), "ms", None),
    ]
    if is_with_model:
        shares = [one.outside_ms / (10 * one.whole_s) for one in taken]
        figures.append(("share of an answer outside models, p50", quantile(shares, 0.5), "%", SHARE))
        evidence = [one.log_ms / (10 * one.whole_s) for one in taken]
        figures.append(("share of records and receipt, p50", quantile(evidence, 0.5), "%", EVIDENCE_SHARE))
    return [
        measured((NAME, f"{name} ({who})"), Figure(value=value, unit=unit), goal=goal, detail=detail)
        for name, value, unit, goal in figures
    ]


def _entries(plan: Plan) -> list[tuple[AnalysisRequest, tuple[str, ...]]]:
    """Return the questions on samples with a text layer, each with the files it needs."""
    listed = yaml.safe_load((plan.root / SAMPLE_QUESTIONS).read_text("utf-8"))["questions"]
    found: list[tuple[AnalysisRequest, tuple[str, ...]]] = []
    for entry in listed:
        names = tuple(entry.get("filters", {}).get("file_name") or entry["expect"].get("document", ()))
        if not names or any(_SCAN in name for name in names):
            continue
        if plan.is_quick and names != _QUICK_DOCUMENTS:
            continue
        filters = Filters(file_name=tuple(entry.get("filters", {}).get("file_name", ())))
        found.append((AnalysisRequest(question=entry["question"], principal=WHO, filters=filters), names))
    return found[: plan.count(len(found), quick=3)]
