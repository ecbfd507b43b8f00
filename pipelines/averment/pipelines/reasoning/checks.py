"""Deterministic guards between what an answer says and what it cites.

Every number, percentage, date, duration, name, negation and limit of a statement must be found in its cited quotes or
in its recorded calculation; every quote must be the canonical text at its place. One failed guard blocks the sentence.
What the guards cannot see, they do not vouch for: a statement whose words its quotes do not carry is unverified.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from averment.core.answers import Calculation, Check, Citation, Verdict
from averment.pipelines.reasoning.compute import DATE, value_date
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import NUMERALS, TIME_UNITS, find_durations
from averment.pipelines.reasoning.figures import find_figures, normal
from averment.pipelines.reasoning.name_checks import names_hold, subject_end
from averment.pipelines.reasoning.sentences import is_heading
from averment.pipelines.reasoning.table_checks import CitedTable, check_tables, headers_of, holds_figures, worths_of
from averment.pipelines.reasoning.words import stems

MIN_COVERAGE: Final = 0.6
COVERAGE_CHECK: Final = "coverage"
SAYS_NOTHING: Final = "neutral"
"""Detail of a failed check that leaves a statement unverified instead of contradicting it."""
_NEGATORS: Final = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nothing|without|cannot|unless|except|lacks?|absent|excludes?|excluding|prohibit\w*|"
    r"forbid\w*|nicht|kein\w*|nie|niemals|weder|ohne|untersagt|verboten|ausgeschlossen)\b|n[’']t\b",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;:.()]|\b(?:but|and|or|provided|however|aber|und|oder|sondern)\b", re.IGNORECASE)
_LIMITS: Final = re.compile(
    r"\b(?:only|solely|exclusively|merely|nur|ausschließlich|lediglich|einzig)\b", re.IGNORECASE
)
_LIMITED: Final = re.compile(
    r"\b(?:only|sole(?:ly)?|exclusive(?:ly)?|merely|(?<!not )limited\s+to|no\s+other|"
    r"(?:other|else)\s+than|except|nothing\s+but|nur|ausschließlich\w*|lediglich|einzig\w*|allein\w*|kein\w*\s+ander\w+)\b",
    re.IGNORECASE,
)
# "shall not, within ten days, approve" denies to approve; so does "shall not also approve".
_BETWEEN: Final = re.compile(r"\b(not|never|nicht)\b(?:\s*,[^,;:.()]{1,120},|\s+(?:also|auch)\b,?)\s*", re.IGNORECASE)
_SCOPE_WORDS: Final = 6
_HEAD_WORDS: Final = 2
_DOWN: Final = re.compile(
    r"\b(?:decreas|declin|loss|lost|fell|fall|lower|less|negative|reduc|drop|Rückgang|Verlust|gesunken|negativ|weniger)",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(r"\w+\s?/\s?\(?\w+\)?|\([^()]*[^\W\d_][^()]*\)")
_DIGITS: Final = re.compile(r"\w*\d[\w.,/-]*")
_LINK: Final = re.compile(r"[A-Za-z]{3,}:\s*//|www\.")
_SPELLED: Final = re.compile(
    r"\b(" + "|".join(sorted((re.escape(w) for w, n in NUMERALS.items() if n > 1), key=len, reverse=True)) + r")\b"
    r"(?=\s+(?:percent|per\s+cent|Prozent|million|billion|thousand|dollars?|euros?|shares?|times)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a sentence rests on.

    `known_names` are titles, issuers and parties of the cited documents, `heads` the beginnings of their texts, where
    they name themselves; `documents` are the ids in scope;
    `continued` are the indices of citations that go on with the sentence of the one before, after a page break;
    `tables` are the tables that a statement's citations touch;
    `period_heads` are the heads that name the periods of operands: they assert nothing by themselves.
    """

    citations: tuple[Citation, ...]
    calculation: Calculation | None = None
    known_names: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    documents: frozenset[str] = frozenset()
    continued: frozenset[int] = frozenset()
    tables: tuple[CitedTable, ...] = ()
    period_heads: tuple[Citation, ...] = ()

    @property
    def quotes(self) -> str:
        """Return all cited text; a blank line keeps numbers of two quotes apart."""
        return "\n\n".join(self.passages)

    @property
    def read(self) -> str:
        """Return what a statement may take its words and numbers from: the quotes, and the headers of cited cells."""
        return f"{self.quotes}\n\n{headers_of(self.tables)}" if self.tables else self.quotes

    @property
    def naming(self) -> str:
        """Return what the cited documents are called and say of themselves at their beginning."""
        return " ".join((*self.known_names, *self.heads))

    @property
    def passages(self) -> tuple[str, ...]:
        """Return what is cited, the parts of a sentence over a page break read as one."""
        passages: list[str] = []
        for index, citation in enumerate(self.citations):
            if index in self.continued:
                passages[-1] = f"{passages[-1]}\n{citation.quote}"
            else:
                passages.append(citation.quote)
        operands = self.calculation.operands if self.calculation else ()
        return (*passages, *(operand.citation.quote for operand in operands))

    @property
    def all_citations(self) -> tuple[Citation, ...]:
        """Return the citations, those of heads of operands, and those of the operands."""
        operands = self.calculation.operands if self.calculation else ()
        return (*self.citations, *self.period_heads, *(operand.citation for operand in operands))


def check_quotes(evidence: Evidence, texts: dict[str, str]) -> tuple[Check, ...]:
    """Check that every citation is cut from its canonical text, asserts something, and lies in scope.

    Args:
        evidence: What is cited.
        texts: Canonical texts by hash.
    """
    citations = evidence.all_citations
    verbatim = all(
        item.text_hash in texts and item.quote and texts[item.text_hash][item.start : item.end] == item.quote
        for item in citations
    )
    n_operands = len(evidence.calculation.operands) if evidence.calculation else 0
    passages = evidence.passages
    rows = frozenset(" ".join(item.quote.split()) for item in citations if holds_figures(item, evidence.tables))
    anchored = not any(
        is_heading(passage) and " ".join(passage.split()) not in rows
        for passage in passages[: len(passages) - n_operands]
    )
    in_scope = all(item.document_id in evidence.documents for item in citations)
    return (
        Check(name="verbatim", passed=bool(citations) and verbatim),
        Check(name="anchor", passed=anchored),
        Check(name="document", passed=in_scope),
    )


def check_statement(text: str, evidence: Evidence) -> tuple[Check, ...]:
    """Check a sentence of the model's words against what it cites."""
    return (
        Check(name="numbers", passed=_numbers_hold(text, evidence)),
        Check(name="dates", passed=_dates_hold(text, evidence)),
        Check(name="durations", passed=_durations_hold(text, evidence.read)),
        Check(name="negation", passed=_negations_hold(text, evidence.quotes)),
        Check(name="limits", passed=_limits_hold(text, evidence.quotes)),
        Check(name="names", passed=names_hold(text, quoted=evidence.read, naming=evidence.naming)),
        Check(name="links", passed=not _LINK.search(text)),
        *check_tables(text, evidence.tables),
        Check(name=COVERAGE_CHECK, passed=coverage(text, evidence) >= MIN_COVERAGE),
    )


def check_value(text: str, evidence: Evidence) -> tuple[Check, ...]:
    """Check a template sentence: its numbers and dates are the operands' and the recorded value's, nothing else."""
    return (
        Check(name="numbers", passed=_numbers_hold(text, evidence)),
        Check(name="dates", passed=_dates_hold(text, evidence)),
        Check(name="operands", passed=_operands_hold(evidence)),
    )


def verdict(checks: Sequence[Check]) -> Verdict:
    """Return what a set of checks says.

    A failed guard contradicts; quotes that merely do not carry a statement's words or meaning leave it unverified.
    """
    failed = [check for check in checks if not check.passed]
    if any(check.name != COVERAGE_CHECK and check.detail != SAYS_NOTHING for check in failed):
        return Verdict.CONTRADICTED
    return Verdict.UNVERIFIED if failed else Verdict.SUPPORTED


def _numbers_hold(text: str, evidence: Evidence) -> bool:
    text = _without_naming(text, evidence)
    if not _strays_hold(text, evidence):
        return False
    cited = _worths(evidence.read) | _calculated(evidence.calculation)
    cited |= {(worth, _simple(unit)) for worth, unit in worths_of(evidence.tables)}
    # "A loss of 5" says what "(5)" prints, and "-5" what "a decrease of 5" says; "income (loss)" says neither.
    says_down, prints_down = _is_downward(text), _is_downward(evidence.quotes)
    for worth, unit in _worths(text):
        if (worth, unit) in cited or (unit is None and any(worth == value for value, _ in cited)):
            continue
        if (says_down if worth > 0 else prints_down) and (-worth, unit) in cited:
            continue
        return False
    return True


def _without_naming(text: str, evidence: Evidence) -> str:
    """Blank the numbers in a statement's subject that belong to names of the document ("2006-6 Trust")."""
    end = subject_end(text)
    naming = evidence.naming

    def blank(match: re.Match[str]) -> str:
        token = re.escape(match[0].rstrip(".,;"))
        return " " * len(match[0]) if re.search(rf"(?<![\w.]){token}(?!\w)", naming) else match[0]

    return _DIGITS.sub(blank, text[:end]) + text[end:] if naming else text


def _is_downward(text: str) -> bool:
    return _DOWN.search(_ASIDE.sub(" ", text)) is not None


def _strays_hold(text: str, evidence: Evidence) -> bool:
    """Check that digits which are no number, date or duration (`10-K`, `12.3.1`, `c1`) stand in what is cited."""
    spans = [(item.start, item.end) for found in (find_dates, find_durations, find_figures) for item in found(text)]
    rest = list(text)
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    known = f"{evidence.read} {' '.join(evidence.known_names)}"
    if evidence.calculation is not None:
        known += f" {evidence.calculation.expression}"
        known += "".join(f" {item.name} {item.label} {item.period or ''}" for item in evidence.calculation.operands)
    return all(
        re.search(rf"(?<!\w){re.escape(token)}(?!\w)", known)
        for token in re.findall(r"\w*\d[\w.,/-]*\b", "".join(rest))
    )


def _worths(text: str) -> set[tuple[Decimal, str | None]]:
    """Return what the numbers of a text are worth, dates and durations left out, with their units."""
    text = _SPELLED.sub(lambda match: str(NUMERALS[re.sub(r"\s+", " ", match[1].lower())]), text)
    taken = [(item.start, item.end) for item in find_dates(text)] + [
        (item.start, item.end) for item in find_durations(text)
    ]
    return {
        (normal(figure.worth), figure.unit)
        for figure in find_figures(text)
        if not any(start < figure.end and figure.start < end for start, end in taken)
    }


def _calculated(calculation: Calculation | None) -> set[tuple[Decimal, str | None]]:
    if calculation is None:
        return set()
    values = {(normal(calculation.value), _simple(calculation.unit))}
    for operand in calculation.operands:
        values.add((normal(operand.value * operand.scale), _simple(operand.unit)))
        values |= _worths(operand.label) | _worths(operand.period or "")
    return values


def _simple(unit: str | None) -> str | None:
    """Return the part of a unit that stands beside a printed number: a currency or the percent sign."""
    head = (unit or "").split("/")[0]
    return head if head == "%" or re.fullmatch(r"[A-Z]{3}", head) else None


def _operands_hold(evidence: Evidence) -> bool:
    """Check that each operand's value is what its citation prints."""
    if evidence.calculation is None:
        return True
    for operand in evidence.calculation.operands:
        if operand.unit == DATE:
            held = value_date(operand.value) in {found.day for found in find_dates(operand.citation.quote)}
        elif operand.unit in TIME_UNITS:
            spans = {(found.count, found.unit) for found in find_durations(operand.citation.quote)}
            held = (int(operand.value), operand.unit) in spans and operand.value == int(operand.value)
        else:
            printed = {abs(figure.value) for figure in find_figures(operand.citation.quote)}
            held = abs(operand.value) in printed or (not printed and operand.value == 0)
        if not held:
            return False
    return True


def _dates_hold(text: str, evidence: Evidence) -> bool:
    cited = {found.day for found in find_dates(evidence.read)}
    if evidence.calculation is not None:
        for operand in evidence.calculation.operands:
            cited |= {found.day for found in find_dates(f"{operand.label}\n\n{operand.period or ''}")}
            cited |= {value_date(operand.value)} if operand.unit == DATE else set()
        cited |= {value_date(evidence.calculation.value)} if evidence.calculation.unit == DATE else set()
    return {found.day for found in find_dates(text)} <= cited


def _durations_hold(text: str, quotes: str) -> bool:
    return {item.key for item in find_durations(text)} <= {item.key for item in find_durations(quotes)}


def _limits_hold(text: str, quotes: str) -> bool:
    """Check that a statement of what is only so cites a limit: what "includes technical data" includes more."""
    return _LIMITS.search(text) is None or _LIMITED.search(" ".join(quotes.split())) is not None


def _negations_hold(text: str, quotes: str) -> bool:
    """Check that what is denied in one is not asserted in the other.

    A word is denied where it follows a negator in the same clause; the first words after it are what the negation
    is about. What is denied at the head of a negation must not stand free in the other text.
    """
    said, cited = _polarity(text), _polarity(quotes)
    dropped = (cited.heads - cited.free) & (said.free - said.denied)
    added = (said.heads - said.free) & (cited.free - cited.denied)
    return not dropped and not added


@dataclass(frozen=True, slots=True)
class _Polarity:
    free: set[str]
    denied: set[str]
    heads: set[str]


def _polarity(text: str) -> _Polarity:
    """Return the words that stand free of negation, those in the reach of one, and those right after one."""
    found = _Polarity(set(), set(), set())
    for clause in _CLAUSE.split(_BETWEEN.sub(r"\1 ", text)):
        before, *reaches = _NEGATORS.split(clause)
        found.free.update(stems(before))
        for reach in reaches:
            after = stems(reach)
            found.heads.update(after[:_HEAD_WORDS])
            found.denied.update(after[:_SCOPE_WORDS])
            found.free.update(after[_SCOPE_WORDS:])
    return found


def coverage(text: str, evidence: Evidence) -> float:
    """Return the share of the statement's words that its quotes hold, 0-1, names of the document aside."""
    cited = set(stems(evidence.read))
    end = subject_end(text)
    naming = set(stems(evidence.naming)) - cited
    subject = [word for word in stems(text[:end]) if word not in naming]
    said = {*subject, *stems(text[end:])}
    return len(said & cited) / len(said) if said else 0.0
