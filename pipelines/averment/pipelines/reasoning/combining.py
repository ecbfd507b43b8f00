"""One answer from the answers to sub-questions: each document's part, and what their values come to together.

Every sentence was checked against its own document before; what is put together here adds notices that say which
document follows, and one calculation over the values, which is checked like any other: their difference, or what the
question asks of figures across documents (see `over_documents`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from averment.core.answers import Operand, Sentence, SentenceKind, TypedValue
from averment.pipelines.reasoning import writer
from averment.pipelines.reasoning.checks import Evidence
from averment.pipelines.reasoning.comparing import gain_of, wants_gap
from averment.pipelines.reasoning.compute import DATE, date_value
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.entries import GROUP_JOIN
from averment.pipelines.reasoning.evidence import LABEL_JOIN, Source
from averment.pipelines.reasoning.findings import AnsweredPart, Findings, names_of
from averment.pipelines.reasoning.notices import Language
from averment.pipelines.reasoning.over_documents import JointValue, days_apart, end_apart, join_values
from averment.pipelines.reasoning.parts import COMPARED, wanted


def take_in(found: Findings, answered: Sequence[AnsweredPart]) -> None:
    """Note what the sub-questions found: what was read, and how long models took."""
    found.answered = tuple(answered)
    sources: dict[str, Source] = {}
    counted: dict[str, Findings] = {}
    for item in answered:
        sources |= {source.document.document_id: source for source in item.found.sources}
        counted[item.part.document_id] = item.found
        found.passages |= item.found.passages
        found.withheld += item.found.withheld
    # Parts wait for models side by side: together they cost the longest wait.
    found.model_s += max((item.found.model_s for item in answered), default=0.0)
    found.sources = tuple(sources.values())
    found.sections_read = sum(part.sections_read for part in counted.values())
    found.is_exhaustive = set(sources) == set(found.visible) and all(part.is_exhaustive for part in counted.values())


def combined(found: Findings) -> list[Sentence]:
    """Return the sentences of every document's part, in order; none where no part found anything."""
    if not any(item.holds for item in found.answered):
        return []
    is_list, language = _is_list(found), found.planned.language
    found.notes += _remarks(found)
    sentences = [] if is_list else outcome_sentences(found)
    for item in found.answered:
        if item.holds:
            sentences.append(_titled("part", item, language))
            sentences += item.found.sentences
        elif not is_list:
            code = "part_not_found" if item.stopped is None else "part_unfinished"
            sentences.append(_titled(code, item, language))
    return sentences


def combined_value(found: Findings) -> TypedValue | None:
    """Return the machine-readable value: the titles of the documents that a list names, or the one outcome."""
    if _is_list(found):
        titles = dict.fromkeys(item.part.title for item in found.answered if item.holds)
        return TypedValue(type="list", value=tuple(titles)) if titles else None
    stated = [sentence.claim.calculation for sentence in found.sentences if sentence.claim is not None]
    joined = [one for one in outcomes(found) if one.calculation in stated]
    return joined[0].value(wants_gap=wants_gap(found.planned.question)) if len(joined) == 1 else None


def outcome_sentences(found: Findings) -> list[Sentence]:
    """Return what the values of the documents come to, each with what the checks say of it."""
    sources = [source for item in found.answered for source in item.found.sources]
    texts = {source.text_hash: source.text for source in sources}
    evidence = Evidence(citations=(), known_names=names_of(sources), documents=frozenset(found.visible))
    return [
        writer.calculation_sentence(
            one.calculation,
            writer.common_scale(one.calculation),
            evidence=replace(evidence, calculation=one.calculation),
            texts=texts,
            language=found.planned.language,
            answers=one.held,
        )
        for one in outcomes(found)
    ]


def outcomes(found: Findings) -> list[JointValue]:
    """Compute, aspect by aspect, what the values of the documents come to, where every document has one."""
    question = found.planned.question
    made = (_outcome(aspect, operands, names, question=question) for aspect, operands, names in _valued(found))
    return [one for one in made if one is not None]


def _valued(found: Findings) -> Iterator[tuple[str, list[Operand], list[str]]]:
    """Yield each aspect that every document has a value of, with the values and what the documents are called."""
    aspects: dict[str, list[AnsweredPart]] = {}
    for item in found.answered:
        aspects.setdefault(item.part.aspect, []).append(item)
    for aspect, items in aspects.items():
        operands = [operand for item in items if (operand := _operand(item)) is not None]
        if len(operands) == len(items) > 1:
            yield aspect, operands, [item.part.title for item in items]


def _outcome(aspect: str, operands: Sequence[Operand], names: Sequence[str], *, question: str) -> JointValue | None:
    if aspect == COMPARED:
        return join_values(gain_of(question) or "difference", operands, names=names)
    if len(operands) != 2:
        return None
    return days_apart(operands) if operands[0].unit == DATE else join_values("difference", operands, names=names)


def _remarks(found: Findings) -> Iterator[str]:
    """Yield what to say of figures of several documents: they do not go together, or end on different days."""
    for aspect, operands, names in _valued(found):
        if aspect == COMPARED:
            if _outcome(aspect, operands, names, question=found.planned.question) is None:
                yield "not_compared"
            if end_apart(operands):
                yield "periods_apart"


def _operand(item: AnsweredPart) -> Operand | None:
    """Return the one value that a part found, as an operand that names its document."""
    if item.found.figured is not None:
        calculations = item.found.figured.calculations
        operands = calculations[0].operands
        if len(calculations) != 1 or len(operands) != 1 or calculations[0].expression != operands[0].name:
            return None
        return _of_document(operands[0], item)
    value = item.found.value
    if value is None or value.type not in ("date", "duration"):
        return None
    return next(_stated(value, item), None)


def _of_document(operand: Operand, item: AnsweredPart) -> Operand:
    row, _, column = operand.label.partition(LABEL_JOIN)
    own = row.split(GROUP_JOIN)[-1].strip(" :")
    label = f"{own} ({item.part.title})"
    return replace(operand, label=f"{label}{LABEL_JOIN}{column}" if column else label)


def _stated(value: TypedValue, item: AnsweredPart) -> Iterator[Operand]:
    """Yield the value as an operand that cites the words which state it, where the part's claims hold them."""
    sources = {source.document.document_id: source for source in item.found.sources}
    claims = [sentence.claim for sentence in item.found.sentences if sentence.kind is SentenceKind.VALUE]
    for cited in (citation for claim in claims if claim is not None for citation in claim.citations):
        source = sources.get(cited.document_id)
        if source is None:
            continue
        for start, end, number, unit in _numbers(value.type, cited.quote):
            if (number, unit) == _wanted(value):
                yield Operand(
                    name="c1",
                    label=item.part.title,
                    value=number,
                    unit=unit,
                    scale=1,
                    period=None,
                    citation=source.cite(cited.start + start, cited.start + end),
                )


def _numbers(kind: str, text: str) -> list[tuple[int, int, Decimal, str]]:
    if kind == "date":
        return [(found.start, found.end, date_value(found.day), DATE) for found in find_dates(text)]
    return [(found.start, found.end, Decimal(found.count), found.unit) for found in find_durations(text)]


def _wanted(value: TypedValue) -> tuple[Decimal, str]:
    if value.type == "date":
        return Decimal(str(value.value).replace("-", "")), DATE
    assert isinstance(value.value, Decimal)
    return value.value, value.unit or ""


def _is_list(found: Findings) -> bool:
    is_compared = any(part.aspect == COMPARED for part in found.parts)
    return not is_compared and wanted(found.planned.question, found.survey) == "list"


def _titled(code: str, item: AnsweredPart, language: Language) -> Sentence:
    return writer.notice_sentence(code, language, title=item.part.title)
