"""Reviewing one contract: forty questions in a row, and how much of what the model is asked it has read before.

The questions go through the contract by its own headings, and on to kinds of clauses that it may lack where it has too
few. The server's prefix cache computes the beginning that requests share once. The share counts every token of every
request, those of planning included where the profile trusts the model to plan.
"""

import re
from collections.abc import Sequence
from typing import Final

from averment.core.access import EVERYONE, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.evaluation.bench.corpus import contracts
from averment.evaluation.bench.installation import SUBJECT, new_workspace, source_of
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Detail, Figure, Row, measured, not_taken, reaching
from averment.evaluation.bench.timing import quantile
from averment.pipelines.models.client import OpenAIChatModel
from averment.pipelines.retrieval.clauses import all_topics

NAME: Final = "review"
CACHED: Final = reaching(80, "%")
QUESTIONS: Final = 40
_PAGES: Final = (8, 30)
_NUMBERING: Final = re.compile(r"^(?:(?:article|section)\s+)?(?:[ivxlc]+|[a-z]|\d+)(?:\.\d+)*[.):]?\s+", re.IGNORECASE)
_TITLE: Final = re.compile(r"[a-z][a-z ,;&’'/-]{3,60}")


def measure(plan: Plan) -> list[Row]:
    """Ask a language model about one contract after the other clause."""
    if plan.endpoint is None:
        note = (
            "no language model was given: start one with `averment model serve` and give its address: "
            "make bench BENCH='--only review --endpoint http://127.0.0.1:PORT/v1 --profile NAME'"
        )
        return [not_taken((NAME, "prompt tokens that the server had read before"), goal=CACHED, note=note)]
    profile = plan.asked_profile()
    model = OpenAIChatModel(profile, base_url=plan.endpoint, api_key=plan.api_key)
    folder = plan.work / NAME / "installation"
    with new_workspace(folder, cache=plan.cache, endpoint=plan.endpoint) as workspace:
        (contract,) = contracts(plan, 1, pages=_PAGES)
        workspace.ingestor(subject=SUBJECT).ingest(source_of(plan.work / NAME / "source", [contract]))
        analyst = workspace.analyst(model, profile=profile)
        structure = workspace.views.anatomy(workspace.views.find(contract.name))
        answers: list[Answer] = []
        for request in requests(
            [section.title for section in structure.sections], count=plan.count(QUESTIONS, quick=3)
        ):
            answers.append(analyst.analyse(request))
            plan.say(f"{NAME}: {len(answers)} answered")
    return _rows(answers, model=model.model_id, window_tokens=profile.window_tokens)


def requests(headings: Sequence[str], *, count: int) -> list[AnalysisRequest]:
    """Return so many questions, each about another heading or kind of clause.

    Args:
        headings: Of the contract, in order.
        count: How many questions.
    """
    who = Principal(subject=SUBJECT, groups=(EVERYONE,))
    named = [_NUMBERING.sub("", heading).strip(" .:").lower() for heading in headings]
    names = [name for name in named if _TITLE.fullmatch(name)]
    names += [topic.name.replace("_", " ") for topic in all_topics()]
    return [
        AnalysisRequest(question=f"What does the contract say about {name}?", principal=who)
        for name in list(dict.fromkeys(names))[:count]
    ]


def _rows(answers: Sequence[Answer], *, model: str, window_tokens: int) -> list[Row]:
    asked = sum(answer.usage.prompt_tokens for answer in answers)
    cached = sum(answer.usage.cached_tokens for answer in answers)
    detail: Detail = {
        "model": model,
        "window_tokens": window_tokens,
        "questions": len(answers),
        "answered": sum(answer.status == "answered" for answer in answers),
        "calls": sum(answer.usage.model_calls for answer in answers),
        "prompt_tokens": asked,
        "cached_tokens": cached,
        "completion_tokens": sum(answer.usage.completion_tokens for answer in answers),
    }
    name = "prompt tokens that the server had read before"
    if not asked:
        note = "the server counted no tokens, or answered nothing"
        return [not_taken((NAME, name), goal=CACHED, note=note)]
    seconds = quantile([answer.usage.duration_s for answer in answers], 0.5)
    return [
        measured((NAME, name), Figure(value=100 * cached / asked, unit="%"), goal=CACHED, detail=detail),
        measured((NAME, "a question, p50"), Figure(value=seconds, unit="s"), detail=detail),
    ]
