"""How a chain of amendments is shown with an answer: earlier wordings quoted, documents and days in notices."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.anchoring import Chain, Key, key_of
from averment.pipelines.reasoning.dates import long_form
from averment.pipelines.reasoning.notices import CHANGES, Language, Remark
from averment.pipelines.reasoning.operative import Step
from averment.pipelines.reasoning.reader import Candidate

MAX_EARLIER: Final = 3
MAX_TITLE_CHARS: Final = 90
_MARKS: Final = re.compile(r"[“”\"„«»‟‹›]")
_ARROW: Final = " → "


def earlier_quotes(chains: Sequence[tuple[Candidate, Chain]], chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return what stood before the sentences chosen, oldest first, none that is chosen itself."""
    taken = {key_of(item) for item in chosen}
    found: dict[Key, Candidate] = {}
    for _, chain in chains:
        for item in chain.earlier:
            if key_of(item) not in taken:
                found.setdefault(key_of(item), item)
    return list(found.values())[:MAX_EARLIER]


def chain_remarks(
    chains: Sequence[Chain], documents: Mapping[str, DocumentVersion], *, on: date, language: Language
) -> list[Remark]:
    """Return the notices on how the text in force came about and what changes it later, each once.

    Args:
        chains: Those of the sentences shown.
        documents: What the documents of the chains are called.
        on: The day asked for.
        language: Of the answer.
    """
    found: list[Remark] = []
    for chain in chains:
        if chain.steps:
            steps = [named(documents[chain.base_id].title)]
            steps += [_step(step, documents, language) for step in chain.steps]
            parts = {"date": long_form(on, language), "chain": _ARROW.join(steps)}
            found.append(Remark(code="deleted" if chain.is_deleted else "operative", parts=parts))
        later = [_step(step, documents, language) for step in chain.later]
        undated = [named(documents[step.document_id].title) for step in chain.steps if step.effective is None]
        found += [Remark(code="later_change", parts={"change": change}) for change in later]
        found += [Remark(code="undated_change", parts={"document": title}) for title in undated]
    return list({(item.code, *item.parts.values()): item for item in found}.values())


def named(title: str) -> str:
    """Return a title as a notice may show it: on one line, short, without quotation marks."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in _MARKS.sub("", title)).split())
    return plain if len(plain) <= MAX_TITLE_CHARS else f"{plain[: MAX_TITLE_CHARS - 1]}…"


def _step(step: Step, documents: Mapping[str, DocumentVersion], language: Language) -> str:
    title = named(documents[step.document_id].title)
    kind = step.change.kind if step.change is not None else "restates"
    label = step.change.label if step.change is not None else None
    done = CHANGES[kind][language].format(part=f" {part_name(label, language)}" if label else "").strip()
    if step.effective is None:
        return f"{title}: {done}"
    since = {"en": "effective", "de": "wirksam ab"}[language]
    return f"{title} ({since} {long_form(step.effective, language)}): {done}"


def part_name(label: str, language: Language) -> str:
    """Write the label of a part as it is printed: `Section 4.2`, `§ 4 Abs. 2`."""
    family, _, number = label.partition(" ")
    if language == "de" and family == "section":
        base, _, paragraph = number.partition("(")
        return f"§ {base} Abs. {paragraph.rstrip(')')}" if paragraph.rstrip(")").isdigit() else f"Ziffer {number}"
    return f"{family.capitalize()} {number.upper() if number.isalpha() else number}"
