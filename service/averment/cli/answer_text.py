"""An answer as it looks in a terminal: sentences by kind, their places, and the receipt."""

from collections.abc import Iterator

from averment.core.answers import Answer, Calculation, Citation, Escalation, RecallEstimate, Sentence


def answer_lines(answer: Answer) -> Iterator[str]:
    """Write an answer as lines of text."""
    yield f"Question  {_plain(answer.question)}"
    if answer.asked_as is not None:
        yield f"Asked as  {_plain(answer.asked_as)}"
    if answer.disclosure is not None:
        yield f"Notice    {answer.disclosure}"
    yield f"Status    {answer.status} ({_METHODS[answer.method]}), mode {_MODES[answer.mode]}, purpose {answer.purpose}"
    if answer.is_generated:
        yield "Marked    as generated: sentences of kind statement are the model's words (article 50(2))"
    yield ""
    for number, sentence in enumerate(answer.sentences, start=1):
        yield from _sentence_lines(number, sentence)
    if answer.nearest:
        yield "  nearest passages:"
        for passage in answer.nearest[:3]:
            page = f", page {passage.first_page}" if passage.first_page else ""
            yield f"    {_plain(passage.title)}{page}: {_shorten(passage.text)}"
    yield ""
    coverage = answer.coverage
    yield (
        f"Coverage  {coverage.documents_read} of {coverage.documents_in_scope} documents, "
        f"{coverage.sections_read} sections read"
        f"{', exhaustive' if coverage.exhaustive else ''}"
        f"{_recall(coverage.recall)}"
    )
    if answer.escalation is not None:
        yield f"Escalated {_escalation(answer.escalation)}"
    if answer.warnings:
        yield f"Warnings  {', '.join(sorted(set(answer.warnings)))}"
    usage = answer.usage
    yield f"Time      {usage.duration_s:.2f} s, of it {usage.model_s:.2f} s in models, {usage.model_calls} model calls"
    yield f"Answer    {answer.id}"
    if answer.receipt:
        yield f"Receipt   {answer.receipt.origin} entry {answer.receipt.index}, leaf {answer.receipt.leaf_hash}"


def _escalation(made: Escalation) -> str:
    place = "outside the company" if made.is_external else "in-house"
    outcome = {"used": "asked, and its answer is used", "unused": "asked, not used", "refused": "not asked"}
    why = f" ({made.code})" if made.code is not None else ""
    return f"{_plain(made.model)}, {place}: {outcome[made.outcome]}{why}; the question was hard ({made.reason})"


def _recall(known: RecallEstimate | None) -> str:
    if known is None:
        return ""
    return f", estimated recall {known.share:.3f} (at least {known.lower:.3f}, {known.n_found} of {known.n} clauses)"


_MODES = {"assessed": "assessed", "trial": "trial, purpose not assessed"}
_METHODS = {
    "model": "chosen or written by the language model and checked",
    "extractive": "extractive: copied by retriever and rules",
    "rules": "found by rules",
    "none": "no answer",
}


def _sentence_lines(number: int, sentence: Sentence) -> Iterator[str]:
    yield f"  {number}. [{sentence.kind}] {_plain(sentence.text)}"
    claim = sentence.claim
    if claim is None:
        return
    for citation in claim.citations:
        yield f"       {citation_line(citation)}"
    if claim.calculation:
        yield from _calculation_lines(claim.calculation)
    passed = sum(check.passed for check in claim.checks)
    yield f"       {claim.verdict}, {passed} of {len(claim.checks)} checks passed"


def citation_line(citation: Citation) -> str:
    """Name a citation's place."""
    page = f", page {citation.page}" if citation.page else ""
    return f"{_plain(citation.title)}{page}, characters {citation.start}-{citation.end}"


def _calculation_lines(calculation: Calculation) -> Iterator[str]:
    yield f"       = {calculation.expression}"
    for operand in calculation.operands:
        scale = f" × {operand.scale}" if operand.scale != 1 else ""
        period = f" ({operand.period})" if operand.period else ""
        tag = f" [{_plain(operand.concept)}]" if operand.concept else ""
        figure = f"{operand.value}{scale} {operand.unit or ''}"
        yield f"         {operand.name} = {figure} {_plain(operand.label)}{period}{tag}"


def _shorten(text: str, limit: int = 110) -> str:
    flat = _plain(" ".join(text.split()))
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _plain(text: str) -> str:
    """Keep document text from steering the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
