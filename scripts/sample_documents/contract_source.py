"""Read a sample contract: front matter, Jinja text, numbered blocks with resolved cross-references.

The text format is line based. Blocks are separated by blank lines:

    # Schedule 1 | Services     a part on a new page; numbering starts again
    ## Heading {^id}            1.
    + text {^id}                1.1
    ++ text {^id}               (a)
    = **Term** means ...        a definition
    > text                      quoted replacement text
    ! caption                   caption of the table that follows
    | a | b |                   table row; the first row is the header
    !signatures, !renumber 3.1  the signature page; the number of the next "+" block

`[[id]]` is replaced by the number of the block with that id, `[[document:id]]` by the number in another contract.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import jinja2
import yaml

BlockKind = Literal["part", "heading", "clause", "item", "definition", "quoted", "table", "signatures", "text"]

_LABEL = re.compile(r"\s*\{\^([a-z0-9-]+)\}")
_REFERENCE = re.compile(r"\[\[([a-z0-9:-]+)\]\]")
_MARKERS: tuple[tuple[str, BlockKind], ...] = (
    ("## ", "heading"),
    ("# ", "part"),
    ("++ ", "item"),
    ("+ ", "clause"),
    ("= ", "definition"),
    ("> ", "quoted"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One numbered or plain block; `rows` is filled for a table, header first."""

    kind: BlockKind
    text: str
    number: str = ""
    label: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of a contract and who signs for it."""

    name: str
    role: str
    description: str
    signatory: str
    capacity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract ready for layout; `numbers` maps the id of a block to its number as the text cites it."""

    name: str
    title: str
    subtitle: str
    reference: str
    dated: str
    running: str
    doc: str
    has_contents: bool
    parties: tuple[Party, ...]
    blocks: tuple[Block, ...]
    numbers: Mapping[str, str]


@dataclass(slots=True)
class _Counter:
    """Numbers of the block being read: article, clause, item."""

    article: int = 0
    clause: int = 0
    item: int = 0
    own_article: int | None = None
    numbers: dict[str, str] = field(default_factory=dict)

    def start_part(self) -> None:
        self.article = self.clause = self.item = 0

    def renumber(self, next_clause: str) -> None:
        """Give the next clause the number of another contract; the next heading goes on with our own."""
        self.own_article = self.article
        article, clause = next_clause.split(".")
        self.article, self.clause = int(article), int(clause) - 1

    def next_heading(self) -> str:
        if self.own_article is not None:
            self.article, self.own_article = self.own_article, None
        self.article, self.clause, self.item = self.article + 1, 0, 0
        return f"{self.article}."

    def next_clause(self) -> str:
        self.clause, self.item = self.clause + 1, 0
        return f"{self.article}.{self.clause}" if self.article else f"{self.clause}."

    def next_item(self) -> str:
        self.item += 1
        return f"({chr(ord('a') + self.item - 1)})"

    def cited(self, kind: BlockKind, number: str) -> str:
        clause = f"{self.article}.{self.clause}" if self.article else str(self.clause)
        return clause + number if kind == "item" else number.rstrip(".")


def load_contract(folder: Path, name: str, others: Mapping[str, Contract]) -> Contract:
    """Read `<folder>/<name>.md`; `others` are the contracts that its text may cite."""
    front, body = _split(folder / f"{name}.md")
    context = front
    if "inherits" in front:
        parent, _ = _split(folder / f"{front['inherits']}.md")
        context = {**parent, **front, "t": {**parent["t"], **front["t"]}, "parent": parent}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined, autoescape=False
    )
    text = environment.from_string(body).render(context)
    if context["numbering"] == "Clause":
        text = re.sub(r"\bSection(s?)\b", r"Clause\1", text)
    cited = {f"{other}:{label}": number for other in others for label, number in others[other].numbers.items()}
    blocks, numbers = _number(text, cited)
    return Contract(
        name=name,
        title=context["title"],
        subtitle=context["subtitle"],
        reference=context["reference"],
        dated=context["dated"],
        running=context["running"],
        doc=context["doc"],
        has_contents=context["toc"],
        parties=tuple(Party(**party) for party in context["parties"]),
        blocks=tuple(_resolve(block, {**cited, **numbers}) for block in blocks),
        numbers=numbers,
    )


def _split(path: Path) -> tuple[dict[str, Any], str]:
    _, front, body = path.read_text("utf-8").split("---\n", 2)
    values: dict[str, Any] = yaml.safe_load(front)
    return values, body


def _number(text: str, cited: Mapping[str, str]) -> tuple[list[Block], dict[str, str]]:
    counter = _Counter()
    blocks: list[Block] = []
    caption = ""
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in chunk.strip().splitlines() if line.strip()]
        while lines:
            if lines[0].startswith("!renumber "):
                start = _REFERENCE.sub(lambda match: cited[match.group(1)], lines.pop(0).split(" ", 1)[1])
                counter.renumber(start)
            elif lines[0] == "!signatures":
                blocks.append(Block(kind="signatures", text=lines.pop(0)))
            elif lines[0].startswith("! "):
                caption = lines.pop(0)[2:]
            elif lines[0].startswith("|"):
                rows = [line for line in lines if line.startswith("|")]
                blocks.append(Block(kind="table", text=caption, rows=_rows(rows)))
                lines, caption = lines[len(rows) :], ""
            else:
                blocks.append(_text_block(lines.pop(0), counter))
    return blocks, counter.numbers


def _rows(lines: list[str]) -> tuple[tuple[str, ...], ...]:
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    return tuple(row for row in rows if not all(set(cell) == {"-"} for cell in row if cell) or not any(row))


def _text_block(line: str, counter: _Counter) -> Block:
    marker, kind = next(((m, k) for m, k in _MARKERS if line.startswith(m)), ("", "text"))
    text = line[len(marker) :]
    found = _LABEL.search(text)
    label = found.group(1) if found else ""
    text = _LABEL.sub("", text)
    number = ""
    if kind == "part":
        counter.start_part()
    elif kind == "heading":
        number = counter.next_heading()
    elif kind == "clause":
        number = counter.next_clause()
    elif kind == "item":
        number = counter.next_item()
    if label:
        counter.numbers[label] = counter.cited(kind, number)
    return Block(kind=kind, text=text, number=number, label=label)


def _resolve(block: Block, numbers: Mapping[str, str]) -> Block:
    def resolved(text: str) -> str:
        return _REFERENCE.sub(lambda match: numbers[match.group(1)], text)

    return Block(
        kind=block.kind,
        text=resolved(block.text),
        number=block.number,
        label=block.label,
        rows=tuple(tuple(resolved(cell) for cell in row) for row in block.rows),
    )
