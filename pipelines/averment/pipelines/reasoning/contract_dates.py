"""Answers a question for a date of a contract: reads its term as it is in force, works the date out, says how."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from averment.core.answers import TypedValue
from averment.core.structure import FactField, PlacedFact
from averment.pipelines.reasoning.calendars import WEEKENDS, Calendar, calendar_of, open_calendar
from averment.pipelines.reasoning.compute import BUSINESS_DAY, DATE, value_date
from averment.pipelines.reasoning.date_plans import DatePlan, DateQuestion
from averment.pipelines.reasoning.dates import long_form
from averment.pipelines.reasoning.deadlines import Dated, Printed, TermParts, WorkedOut, work_out
from averment.pipelines.reasoning.durations import TIME_UNITS
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.in_force import InForce
from averment.pipelines.reasoning.notices import Language, Remark, counted
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.running import StepNote
from averment.pipelines.reasoning.stated_parts import StatedPart, placed_day
from averment.pipelines.reasoning.term_clauses import CLAUSE
from averment.pipelines.reasoning.term_reading import read_term

MAX_CLAUSES: Final = 3


@dataclass(frozen=True, slots=True)
class ContractDates:
    """Works out dates of the contracts read.

    Args:
        in_force: Knows which text is in force.
        calendar: Code of the holidays that business days leave out; those of the governing law when None.
    """

    in_force: InForce
    calendar: str | None = None

    def settle(self, plan: DatePlan) -> StepNote:
        """Work a date out for the question being answered, note it or what is missing, and return the step's note."""
        found = self.in_force.found
        if plan.kind is DateQuestion.STATED:
            return self._look_up(plan)
        outcome = self.answer(plan, found.sources, language=found.planned.language)
        if isinstance(outcome, str):
            if plan.is_required:
                # A clause about notice is no day: nothing that was read answers.
                found.refusal, found.candidates = outcome, []
            return StepNote(code="not_computed", facts={"reason": outcome})
        found.dated = outcome
        found.remarks += outcome.remarks
        return StepNote(code="computed_dates", facts={"operands": len(outcome.calculation.operands)})

    def _look_up(self, plan: DatePlan) -> StepNote:
        """Put first the sentence that states what is asked of the one contract asked about."""
        found = self.in_force.found
        contracts = list(self.in_force.contracts(found.sources))
        stated = self._stated(plan, contracts[0]) if len(contracts) == 1 else None
        if stated is None:
            return StepNote(code="not_known")
        found.stated = stated
        found.candidates = [stated.printing, *found.candidates]
        return StepNote(code="looked_up")

    def _stated(self, plan: DatePlan, contract: Source) -> StatedPart | None:
        facts = self.in_force.facts(contract.document)
        if plan.first == "notice":
            return self._stated_notice(self._parts(contract, facts).notice)
        placed = placed_day(facts, plan.first, source=contract) if plan.first is not None else None
        if placed is None or self.in_force.changes(contract, [placed.start]):
            return None
        printing = self.in_force.sentence_at(contract, placed.start)
        pointing = self.in_force.sentence_at(contract, placed.saying) if placed.saying is not None else None
        if printing is None or (placed.saying is not None and pointing is None):
            return None
        if placed.is_assumed:
            self.in_force.found.remarks.append(Remark(code="effective_as_made", parts={}))
        value = TypedValue(type="date", value=placed.value.isoformat())
        words = contract.text[placed.start : placed.end]
        return StatedPart(value=value, words=words, printing=printing, pointing=pointing)

    def _stated_notice(self, notice: Printed | None) -> StatedPart | None:
        printing = self.in_force.sentence_at(notice.source, notice.start) if notice is not None else None
        if notice is None or printing is None:
            return None
        value = TypedValue(type="duration", value=notice.value, unit=notice.unit)
        return StatedPart(value=value, words=notice.source.text[notice.start : notice.end], printing=printing)

    def answer(self, plan: DatePlan, sources: Iterable[Source], *, language: Language) -> Dated | str:
        """Work a date out, or return the code of the notice that says why not.

        The contract counts whose sentence bears most on the question; if another one gives a different date, that is a
        refusal: the question must name one.
        """
        best = [item.source for item in self.in_force.found.candidates[:1]]
        contracts = list(self.in_force.contracts([*best, *sources]))
        outcomes = [self._of(plan, contract, language) for contract in contracts]
        found = [item for item in outcomes if isinstance(item, Dated)]
        if len({(item.calculation.value, item.calculation.unit) for item in found}) > 1:
            return "several_dates"
        return outcomes[0] if outcomes else "missing_term"

    def _of(self, plan: DatePlan, contract: Source, language: Language) -> Dated | str:
        facts = self.in_force.facts(contract.document)
        parts = self._parts(contract, facts)
        law = next((fact.value for fact in facts if fact.field is FactField.GOVERNING_LAW), None)
        calendar = self._calendar(parts, law)
        outcome = work_out(plan, parts, on=self.in_force.on, calendar=calendar, language=language)
        if isinstance(outcome, str):
            return outcome
        remarks = _remarks(plan, outcome, parts, on=self.in_force.on, language=language)
        clauses = self._clauses(outcome.printed)
        return Dated(calculation=outcome.calculation, source=contract, clauses=clauses, remarks=tuple(remarks))

    def _parts(self, contract: Source, facts: Sequence[PlacedFact]) -> TermParts:
        placed = [fact for fact in facts if fact.field in (FactField.TERM, FactField.EXPIRY_DATE)]
        starts = [fact.start for fact in placed if fact.start is not None]
        return read_term(
            contract,
            facts,
            sentences=self.in_force.sentences(contract, CLAUSE),
            changes=self.in_force.changes(contract, starts),
        )

    def _calendar(self, parts: TermParts, law: str | None) -> Calendar:
        """Open the holidays only where business days are counted."""
        units = {part.unit for part in (parts.initial, parts.renewal, parts.notice) if part is not None}
        if BUSINESS_DAY not in units:
            return open_calendar(WEEKENDS)
        return open_calendar(self.calendar) if self.calendar else calendar_of(law)

    def _clauses(self, printed: Sequence[Printed]) -> tuple[Candidate, ...]:
        """Return the sentences that hold the times used, each once; those of the dates where there are no times."""
        found: dict[tuple[str, int], Candidate] = {}
        lengths = [item for item in printed if item.unit != DATE]
        for item in lengths or printed:
            sentence = self.in_force.sentence_at(item.source, item.start)
            if sentence is not None:
                found.setdefault((item.source.document.document_id, sentence.span.start), sentence)
        return tuple(found.values())[:MAX_CLAUSES]


def _remarks(plan: DatePlan, outcome: WorkedOut, parts: TermParts, *, on: date, language: Language) -> Iterable[Remark]:
    """Yield the notices on how a date was worked out."""
    calculation = outcome.calculation
    if outcome.renewals:
        parts_shown = {"date": long_form(on, language), "renewals": counted("renewals", outcome.renewals, language)}
        yield Remark(code="renewed", parts=parts_shown)
        if parts.is_limited:
            yield Remark(code="renewals_limited", parts={})
    elif parts.renews_itself and plan.kind is DateQuestion.END and not plan.is_initial:
        yield Remark(code="renews", parts={})
    if plan.kind is DateQuestion.NOTICE and calculation.unit == DATE and value_date(calculation.value) < on:
        yield Remark(code="deadline_passed", parts={"date": long_form(on, language)})
    if calculation.calendar == WEEKENDS:
        yield Remark(code="business_days_weekends", parts={})
    elif calculation.calendar is not None:
        yield Remark(code="business_days", parts={"calendar": calculation.calendar})
    if any(operand.unit in TIME_UNITS for operand in calculation.operands):
        yield Remark(code="date_convention", parts={})
