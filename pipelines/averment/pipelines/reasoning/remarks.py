"""What an answer says about itself: why there is none, what was read, how it was made, what to beware of."""

from typing import Literal

from averment.core.answers import AnswerStatus, Coverage, Sentence
from averment.core.interpretation import SurveyCoverage
from averment.pipelines.ingestion.hidden import HIDDEN_TEXTS
from averment.pipelines.ingestion.instructions import INSTRUCTIONS
from averment.pipelines.reasoning import writer
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.loop import LoopState
from averment.pipelines.reasoning.notices import BUDGETS, EXHAUSTIVE, Language, counted, percent
from averment.pipelines.reasoning.planner import QuestionKind

Method = Literal["model", "extractive", "rules", "none"]


class Remarks:
    """The notices of one answer, in the language of its question.

    Args:
        found: What was found.
        coverage: What was read of what is in scope.
        language: That of the question.
    """

    def __init__(self, found: Findings, *, coverage: Coverage, language: Language):
        self._found = found
        self._coverage = coverage
        self._language = language

    def all(self, status: AnswerStatus, *, method: Method, ran: LoopState) -> tuple[Sentence, ...]:
        """Return the notices in reading order."""
        notices = []
        if ran.stopped == "cancelled":
            notices.append(self._notice("cancelled"))
        elif ran.stopped is not None:
            notices.append(self._notice("truncated", budget=BUDGETS[ran.stopped][self._language]))
        if status == "abstained":
            notices += self._abstention()
        elif self._found.is_absent:
            notices += [self._absence(), self._recall()]
        # A repair has its sentences made twice.
        notices += dict.fromkeys(self._notice(remark.code, **remark.parts) for remark in self._found.remarks)
        if status != "abstained" and self._found.sentences:
            notices += self._on_answer(method)
        if n_withheld := len(self._found.withheld):
            notices.append(self._notice("withheld", count=self._counted("count", n_withheld)))
        if self._coverage.pages_unreadable:
            notices.append(self._notice("unreadable", pages=self._counted("pages", self._coverage.pages_unreadable)))
        if instructions := self._found.warned(INSTRUCTIONS):
            notices.append(self._notice("instructions", passages=self._counted("passages", instructions)))
        if concealed := self._found.warned(HIDDEN_TEXTS):
            notices.append(self._notice("concealed", passages=self._counted("passages", concealed)))
        return (*notices, self._trial())

    def _trial(self) -> Sentence:
        """Say that this is a trial, and what is known of how often such answers are wrong."""
        known = self._found.calibrated
        if known is None:
            return self._notice("trial")
        return self._notice(
            "trial_calibrated",
            risk=percent(known.risk, self._language),
            level=percent(1 - known.delta, self._language),
            labelled=self._counted("labelled", known.n),
        )

    def _on_answer(self, method: Method) -> list[Sentence]:
        kinds = {"model": "method_model", "rules": "method_rules", "extractive": "method_extractive"}
        notices = [self._notice(code) for code in dict.fromkeys(self._found.notes)]
        if self._found.planned.kind is QuestionKind.PRESENCE:
            notices.append(self._notice("presence"))
        if self._is_tagged():
            notices.append(self._notice("tagged"))
        if self._found.parts and self._found.survey is not None:
            notices += self._on_list(self._found.survey)
        return [*notices, self._notice("method_dates" if self._found.dated else kinds[method])]

    def _is_tagged(self) -> bool:
        """Say whether every figure that is computed with is tagged by its filing."""
        made = [item.claim.calculation for item in self._found.sentences if item.claim is not None]
        operands = [operand for calculation in made if calculation is not None for operand in calculation.operands]
        return bool(operands) and all(operand.concept for operand in operands)

    def _on_list(self, survey: SurveyCoverage) -> list[Sentence]:
        looked = self._counted("documents", survey.documents_looked_at)
        scope = self._counted("documents", survey.documents_in_scope)
        notices = [self._notice("listed", looked=looked, scope=scope)]
        n_more = (survey.documents_matched or 0) - len({part.document_id for part in self._found.parts})
        if n_more > 0:
            notices.append(self._notice("more_match", more=self._counted("documents", n_more)))
        if self._found.n_unmet:
            notices.append(self._notice("unmet", unmet=self._counted("documents", self._found.n_unmet)))
        if self._found.n_undecided:
            notices.append(self._notice("undecided", left=self._counted("documents", self._found.n_undecided)))
        return notices

    def _absence(self) -> Sentence:
        documents = self._counted("documents", self._coverage.documents_read)
        sections = self._counted("sections", self._coverage.sections_read)
        return self._notice("no_such_clause", documents=documents, sections=sections)

    def _recall(self) -> Sentence:
        """Say how many clauses like the one sought are found where there are some, or that nobody measured it."""
        known = self._coverage.recall
        if known is None:
            return self._notice("recall_unknown")
        return self._notice(
            "recall" if known.topic is None else "recall_of_topic",
            share=percent(known.share, self._language),
            lower=percent(known.lower, self._language),
            level=percent(known.level, self._language),
            found=str(known.n_found),
            marked=str(known.n),
            denied=str(known.n_denied),
        )

    def _abstention(self) -> list[Sentence]:
        found, coverage = self._found, self._coverage
        documents = self._counted("documents", coverage.documents_read)
        sections = self._counted("sections", coverage.sections_read)
        if found.refusal is not None:
            first = self._notice(found.refusal)
            if found.refusal == "none_fits" and found.survey is not None:
                return [first, *self._on_list(found.survey)]
        elif not found.visible or not found.sources:
            first = self._notice("nothing_in_scope")
        elif found.planned.kind is QuestionKind.PRESENCE and coverage.exhaustive:
            return [self._notice("nothing_found", documents=documents, sections=sections)]
        else:
            first = self._notice("weak_evidence", documents=documents)
        exhaustive = EXHAUSTIVE[self._language] if coverage.exhaustive else ""
        return [first, self._notice("coverage", documents=documents, sections=sections, exhaustive=exhaustive)]

    def _notice(self, code: str, **parts: str) -> Sentence:
        return writer.notice_sentence(code, self._language, **parts)

    def _counted(self, unit: str, number: int) -> str:
        return counted(unit, number, self._language)
