"""The product as an arm: the answerer over the stores of an evaluation, with a language model or without one."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from averment.core.access import Filters
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, Citation, Claim, SentenceKind
from averment.evaluation.answers.plain_rag import LABELS, NOT_MENTIONED
from averment.evaluation.answers.reply import Cost, Place, Reply
from averment.evaluation.corpus import EVALUATOR
from averment.evaluation.pack import PackQuestion
from averment.pipelines.reasoning.answerer import Answerer
from averment.pipelines.reasoning.evidence import TextReader

PURPOSE: Final = "evaluation"


class AvermentArm:
    """Answers by the product.

    Args:
        name: How the arm is called in results.
        answerer: The product's loop.
        texts: Canonical texts, to look up every quotation once more.
        ids: Catalog id by document of the pack.
        saved_s: Tells how many seconds kept calls took when they were made, in all.
    """

    def __init__(
        self,
        name: str,
        answerer: Answerer,
        *,
        texts: TextReader,
        ids: Mapping[str, str],
        saved_s: Callable[[], float] = lambda: 0.0,
    ):
        self.name = name
        self._answerer = answerer
        self._texts = texts
        self._ids = ids
        self._names = {document_id: doc_id for doc_id, document_id in ids.items()}
        self._saved_s = saved_s

    def decisions(self) -> dict[str, int]:
        """Count the decisions on a document and a property that were made, and those that were kept from before."""
        counted = self._answerer.decisions
        return {"made": counted.n_made, "kept": counted.n_kept}

    def reply(self, question: PackQuestion) -> Reply:
        """Answer a question over the whole collection, or over its documents where it says so."""
        return self.answered(question)[1]

    def answered(self, question: PackQuestion) -> tuple[Answer, Reply]:
        """Answer a question as `reply` does; return the answer itself, too."""
        is_limited = question.scope == "document"
        scope = tuple(self._ids.get(doc_id, doc_id) for doc_id in question.doc_ids) if is_limited else ()
        is_claim = question.type == "claim"
        request = AnalysisRequest(
            question=question.question,
            principal=EVALUATOR,
            filters=Filters(document_id=scope),
            purpose=PURPOSE,
            answer_type="label" if is_claim else None,
            labels=LABELS if is_claim else (),
            channel="batch",
        )
        begun, saved_s = time.perf_counter(), self._saved_s()
        answer = self._answerer.answer(request)
        seconds = time.perf_counter() - begun + self._saved_s() - saved_s
        return answer, self._read(answer, seconds, wants_label=is_claim)

    def _read(self, answer: Answer, seconds: float, *, wants_label: bool) -> Reply:
        said = [sentence for sentence in answer.sentences if sentence.kind is not SentenceKind.NOTICE]
        label = answer.value.value if answer.value is not None and answer.value.type == "label" else None
        # "There is no such clause" has a value and no sentence.
        is_absence = answer.status == "answered" and (label == NOT_MENTIONED or not (said or label))
        is_said = label is not None if wants_label else bool(said)
        return Reply(
            is_answered=answer.status == "answered" and is_said and not is_absence,
            is_absence=is_absence,
            text=" ".join(sentence.text for sentence in said),
            value=answer.value,
            label=label if isinstance(label, str) else None,
            places=self._places(answer),
            n_fabricated=self._fabricated(answer),
            cost=Cost(
                seconds=seconds,
                model_s=answer.usage.model_s,
                model_calls=answer.usage.model_calls,
                prompt_tokens=answer.usage.prompt_tokens,
                completion_tokens=answer.usage.completion_tokens,
            ),
            note=" ".join((answer.status, answer.method, *answer.warnings)),
        )

    def _places(self, answer: Answer) -> tuple[Place, ...]:
        places = [
            Place(
                doc_id=self._names[one.document_id],
                start=one.start,
                end=one.end,
                text=one.quote,
                is_compared=one in compared,
            )
            for claim in answer.claims
            for compared in [_compared(claim)]
            for one in claim.citations
            if one.document_id in self._names
        ]
        return tuple(dict.fromkeys(places))

    def _fabricated(self, answer: Answer) -> int:
        """Count citations whose words do not stand at their place, read from the store once more."""
        cited = [citation for claim in answer.claims for citation in claim.citations]
        return sum(self._texts.text(one.text_hash)[one.start : one.end] != one.quote for one in cited)


def _compared(claim: Claim) -> tuple[Citation, ...]:
    """Return the figures of a calculation that cites more than them: the periods it chose by comparing them."""
    if claim.calculation is None:
        return ()
    operands = tuple(operand.citation for operand in claim.calculation.operands)
    return operands if set(claim.citations) - set(operands) else ()
