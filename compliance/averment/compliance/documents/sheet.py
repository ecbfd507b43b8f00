"""What the system says, field by field, each sentence with its evidence: what collectors write on."""

from collections.abc import Iterable, Sequence

from averment.compliance.documents.evidence import EvidenceList
from averment.compliance.documents.filled import Block, Evidence
from averment.compliance.documents.words import Words


class Sheet:
    """Takes sentences and tables for fields.

    Args:
        words: The language's sentences.
        cited: Gathers the evidence of the whole document.
    """

    def __init__(self, words: Words, cited: EvidenceList):
        self.words = words
        self._cited = cited
        self._blocks: dict[str, list[Block]] = {}
        self._gaps: dict[str, list[str]] = {}
        self._ruled_out: dict[str, str] = {}
        self.is_generated = False

    def say(self, field: str, key: str, *, on: Iterable[Evidence], **values: object) -> None:
        """Add a sentence to a field.

        Args:
            field: The field's id.
            key: The sentence's name.
            on: What it rests on; a sentence that rests on nothing is not said.
            **values: What fills its gaps.
        """
        names = self._names(on)
        if names:
            self._add(field, Block(made_by="machine", text=self.words(key, **values), evidence=names))

    def table(
        self, field: str, key: str, *, columns: Sequence[str], rows: Iterable[Sequence[object]], on: Iterable[Evidence]
    ) -> None:
        """Add a table to a field; a table without rows is left out.

        Args:
            field: The field's id.
            key: The name of its caption.
            columns: The names of its heads.
            rows: Its cells; None is a dash.
            on: What it rests on.
        """
        cells = tuple(tuple("–" if cell in (None, "") else str(cell) for cell in row) for row in rows)
        names = self._names(on)
        if cells and names:
            heads = tuple(self.words(f"head_{column}") for column in columns)
            self._add(field, Block(made_by="machine", text=self.words(key), columns=heads, rows=cells, evidence=names))

    def quote(
        self,
        field: str,
        key: str,
        *,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        on: Iterable[Evidence],
        is_generated: bool,
    ) -> None:
        """Add a table of recorded words to a field, which are not the system's own; without rows it is left out.

        Args:
            field: The field's id.
            key: The name of its caption.
            columns: The names of its heads.
            rows: Its cells.
            on: The entries that commit to the words.
            is_generated: Whether a model wrote some of them.
        """
        cells = tuple(map(tuple, rows))
        if not cells:
            return
        heads = tuple(self.words(f"head_{column}") for column in columns)
        block = Block(made_by="answer", text=self.words(key), columns=heads, rows=cells, evidence=self._names(on))
        self._add(field, block)
        self.is_generated |= is_generated

    def lacks(self, field: str, key: str, **values: object) -> None:
        """Say why the system's part of a field is not enough, whatever else it says there."""
        self._gaps.setdefault(field, []).append(self.words(key, **values))

    def rule_out(self, field: str, key: str, **values: object) -> None:
        """Say why a field does not apply, unless people fill it."""
        self._ruled_out[field] = self.words(key, **values)

    def blocks(self, field: str) -> tuple[Block, ...]:
        """Return what was said of a field."""
        return tuple(self._blocks.get(field, ()))

    def gap(self, field: str) -> str:
        """Return why the system's part of a field is not enough; empty where it is."""
        if field in self._gaps:
            return " ".join(self._gaps[field])
        return "" if field in self._blocks else self.words("nothing_recorded")

    def ruled_out(self, field: str) -> str:
        """Return why a field does not apply; empty where nothing says so."""
        return self._ruled_out.get(field, "")

    def cite(self, evidence: Iterable[Evidence]) -> tuple[str, ...]:
        """Return the names of evidence in the document."""
        return self._names(evidence)

    def _names(self, on: Iterable[Evidence]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._cited.cite(evidence) for evidence in on))

    def _add(self, field: str, block: Block) -> None:
        self._blocks.setdefault(field, []).append(block)
