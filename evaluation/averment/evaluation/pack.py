"""Reads a data pack: documents with files and official text, and questions with gold spans.

A pack is a folder with `docs.jsonl` and `benchmarks/NAME/queries.jsonl`. Whatever does not follow the schema
is an error that names file, line and field; a benchmark is never silently smaller than its file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from averment.core.errors import ConfigurationError

InputKind = Literal["pdf", "txt", "native"]
_SHOWN: Final = 200
_DOCUMENT_FIELDS: Final = frozenset({"doc_id", "collection", "files", "text"})
_QUESTION_FIELDS: Final = frozenset({"id", "question", "doc_ids", "scope", "gold", "type", "category"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFile:
    """One file of a document, its path below the pack's root."""

    path: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDocument:
    """A document of the pack; `text` is the path of its official text, `labels` the rest of its line."""

    doc_id: str
    collection: str
    files: tuple[PackFile, ...]
    text: str
    labels: Mapping[str, object] = field(default_factory=dict)

    def file(self, wanted: InputKind) -> PackFile | None:
        """Choose the one file that is ingested: a PDF, a TXT, or whatever is no plain text where there is a choice."""
        if wanted != "native":
            return next((file for file in self.files if file.format == wanted), None)
        return next((file for file in self.files if file.format != "txt"), self.files[0] if self.files else None)

    def required_file(self, wanted: InputKind) -> PackFile:
        """Choose the one file that is ingested.

        Raises:
            ConfigurationError: The document has none of that kind.
        """
        file = self.file(wanted)
        if file is None:
            formats = ", ".join(file.format for file in self.files) or "none"
            raise ConfigurationError(
                f"document {self.doc_id!r} has no {wanted} file, only {formats}",
                hint="--input native takes each document as it is",
            )
        return file


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSpan:
    """A span of a document's official text. Spans with the same group are alternatives."""

    doc_id: str
    start: int
    end: int
    text: str
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackQuestion:
    """A question with the documents and spans that hold its answer; `labels` is the rest of its line."""

    id: str
    question: str
    doc_ids: tuple[str, ...]
    scope: Literal["corpus", "document"]
    gold: tuple[GoldSpan, ...]
    type: str
    category: str
    labels: Mapping[str, object] = field(default_factory=dict)


class Pack:
    """A data pack.

    Args:
        root: Its folder.

    Raises:
        ConfigurationError: It is no pack, or a line of `docs.jsonl` breaks the schema.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.documents: dict[str, PackDocument] = {}
        for where, row in _rows(root / "docs.jsonl"):
            document = _document(row, where)
            if document.doc_id in self.documents:
                raise ConfigurationError(f"{where}: doc_id {document.doc_id!r} occurs twice")
            self.documents[document.doc_id] = document

    def benchmarks(self) -> list[str]:
        """Name the benchmarks that hold questions, in order."""
        return sorted(path.parent.name for path in self.root.glob("benchmarks/*/queries.jsonl"))

    def questions(self, benchmark: str) -> list[PackQuestion]:
        """Read the questions of a benchmark, every one of them.

        Raises:
            ConfigurationError: There is no such benchmark, or a line breaks the schema.
        """
        path = self.root / "benchmarks" / benchmark / "queries.jsonl"
        if not path.exists():
            raise ConfigurationError(
                f"the pack has no benchmark {benchmark!r}; it has {', '.join(self.benchmarks()) or 'none'}"
            )
        questions = [self._question(row, where) for where, row in _rows(path)]
        if len({question.id for question in questions}) != len(questions):
            raise ConfigurationError(f"{str(path)!r}: an id occurs twice")
        return questions

    def collection_of(self, questions: list[PackQuestion]) -> list[PackDocument]:
        """Return every document of the collections the questions draw on: what a search has to tell apart."""
        wanted = {self.documents[doc_id].collection for question in questions for doc_id in question.doc_ids}
        return [document for document in self.documents.values() if document.collection in wanted]

    def require_files(self, benchmarks: Iterable[str], kind: InputKind) -> None:
        """Check that every document of some benchmarks has a file of a kind: before hours of work, not amid them.

        Raises:
            ConfigurationError: One has none.
        """
        for name in benchmarks:
            for document in self.collection_of(self.questions(name)):
                document.required_file(kind)

    def official_text(self, document: PackDocument) -> str:
        """Read a document's official text without newline translation."""
        return (self.root / document.text).read_bytes().decode("utf-8")

    def _question(self, row: Mapping[str, object], where: str) -> PackQuestion:
        gold = tuple(_gold(span, where) for span in _list(row, "gold", where))
        doc_ids = tuple(_list_of_text(row, "doc_ids", where))
        for doc_id in (*doc_ids, *(span.doc_id for span in gold)):
            if doc_id not in self.documents:
                raise ConfigurationError(f"{where}: document {doc_id!r} is not in docs.jsonl")
        scope = str(row.get("scope", "corpus"))
        if scope not in {"corpus", "document"}:
            raise ConfigurationError(f"{where}: scope is {scope!r}, expected 'corpus' or 'document'")
        kind = str(row.get("type", ""))
        return PackQuestion(
            id=_text(row, "id", where),
            question=_text(row, "question", where),
            doc_ids=doc_ids,
            scope="document" if scope == "document" else "corpus",
            gold=gold,
            type=kind,
            category=str(row.get("category") or kind or "all"),
            labels={key: value for key, value in row.items() if key not in _QUESTION_FIELDS},
        )


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        content = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise ConfigurationError(
            f"{str(path)!r} cannot be read as UTF-8; expected a data pack with docs.jsonl and benchmarks/"
        ) from cause
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name} line {number}"
        try:
            row = json.loads(line)
        except ValueError as cause:
            raise ConfigurationError(f"{where}: no JSON object: {line[:_SHOWN]!r}") from cause
        if not isinstance(row, dict):
            raise ConfigurationError(f"{where}: expected an object, got {type(row).__name__}")
        yield where, row


def _document(row: Mapping[str, object], where: str) -> PackDocument:
    files = []
    for entry in _list(row, "files", where):
        if not isinstance(entry, dict):
            raise ConfigurationError(f"{where}: files holds {entry!r}, expected objects")
        files.append(PackFile(path=_text(entry, "path", where), format=_text(entry, "format", where)))
    return PackDocument(
        doc_id=_text(row, "doc_id", where),
        collection=_text(row, "collection", where),
        files=tuple(files),
        text=_text(row, "text", where),
        labels={key: value for key, value in row.items() if key not in _DOCUMENT_FIELDS},
    )


def _gold(entry: object, where: str) -> GoldSpan:
    if not isinstance(entry, dict):
        raise ConfigurationError(f"{where}: gold holds {entry!r}, expected objects")
    start, end = entry.get("start"), entry.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
        raise ConfigurationError(f"{where}: gold span {start!r}:{end!r}, expected whole numbers with 0 <= start < end")
    group = entry.get("group")
    return GoldSpan(
        doc_id=_text(entry, "doc_id", where),
        start=start,
        end=end,
        text=_text(entry, "text", where),
        group=None if group is None else str(group),
    )


def _text(row: Mapping[str, object], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{where}: {key} is {value!r}, expected a non-empty text")
    return value


def _list(row: Mapping[str, object], key: str, where: str) -> list[object]:
    value = row.get(key, [])
    if not isinstance(value, list):
        raise ConfigurationError(f"{where}: {key} is {type(value).__name__}, expected a list")
    return value


def _list_of_text(row: Mapping[str, object], key: str, where: str) -> list[str]:
    values = _list(row, key, where)
    if not all(isinstance(value, str) for value in values):
        raise ConfigurationError(f"{where}: {key} holds something that is no text")
    return [str(value) for value in values]
