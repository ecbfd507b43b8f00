"""Batch analysis: questions × documents into a table, one cell at a time, resumable.

A cell is identified by question, document, text and pipeline, so a run that goes on after a crash, or a second
run over unchanged documents, answers only what is not in its journal. Scheduling is not done here.
"""

import csv
import hashlib
import io
import json
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, SentenceKind
from averment.core.documents import DocumentVersion
from averment.core.errors import ConfigurationError
from averment.core.jsonable import Json, to_json
from averment.pipelines.analysis import Analyst
from averment.pipelines.overseen import OverseenAnalyst

MAX_QUESTIONS: Final = 1000
COLUMNS: Final = (
    "document_id", "title", "question_id", "status", "method", "value", "unit", "quote", "page", "warnings",
    "answer_id", "log_index",
)  # fmt: skip


class BatchQuestion(BaseModel):
    """One column of the table."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    question: str = Field(min_length=1, max_length=20_000)
    answer_type: str | None = None
    labels: tuple[str, ...] = Field(default=(), max_length=64)


class BatchDocuments(BaseModel):
    """Which documents are rows, by filters as on the command line; lists are alternatives."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: tuple[str, ...] = ()
    file_name: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    form_type: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None


class BatchSpec(BaseModel):
    """A batch as its YAML file says it; `documents` are filters or a list of file names."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_version: Literal[1] = 1
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    purpose: str | None = None
    questions: tuple[BatchQuestion, ...] = Field(min_length=1, max_length=MAX_QUESTIONS)
    documents: BatchDocuments | tuple[str, ...] = BatchDocuments()

    def filters(self) -> Filters:
        """Return the filters that choose the rows."""
        if isinstance(self.documents, tuple):
            return Filters(file_name=self.documents)
        return Filters(**self.documents.model_dump())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One question about one document, and the key that says whether it was answered already."""

    key: str
    document: DocumentVersion
    question: BatchQuestion


def load_batch(path: Path) -> BatchSpec:
    """Read a batch file.

    Raises:
        ConfigurationError: It cannot be read, is no YAML, has unknown fields, or two questions share an id.
    """
    try:
        spec = BatchSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"the batch file {str(path)!r} cannot be read: {error}") from error
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise ConfigurationError(f"the batch file {str(path)!r} is not usable: {where}") from error
    ids = [question.id for question in spec.questions]
    twice = sorted({identity for identity in ids if ids.count(identity) > 1})
    if twice:
        raise ConfigurationError(f"the batch file {str(path)!r} uses question ids twice: {', '.join(twice)}")
    return spec


def cells(spec: BatchSpec, documents: Iterable[DocumentVersion], *, pipeline_hash: str) -> Iterator[Cell]:
    """Yield the cells document by document, so that one document's questions follow each other."""
    for document in documents:
        for question in spec.questions:
            asked = [question.question, question.answer_type, *question.labels]
            parts = [asked, document.document_id, document.text_hash, pipeline_hash]
            key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
            yield Cell(key=key, document=document, question=question)


def cell_request(cell: Cell, *, principal: Principal, purpose: str) -> AnalysisRequest:
    """Ask the question of the document alone."""
    return AnalysisRequest(
        question=cell.question.question,
        principal=principal,
        filters=Filters(document_id=(cell.document.document_id,)),
        purpose=purpose,
        answer_type=cell.question.answer_type,
        labels=cell.question.labels,
        channel="batch",
    )


def cell_row(cell: Cell, answer: Answer) -> dict[str, Json]:
    """Write an answer as a row of the long table; `quote` and `page` are those of its first citation."""
    citation = next((item for claim in answer.claims for item in claim.citations), None)
    value = answer.value
    quotes = [sentence for sentence in answer.sentences if sentence.kind is SentenceKind.QUOTE]
    return {
        "document_id": cell.document.document_id,
        "title": cell.document.title,
        "question_id": cell.question.id,
        "status": answer.status,
        "method": answer.method,
        "value": to_json(value.value) if value else None,
        "unit": value.unit if value else None,
        "quote": citation.quote if citation and (quotes or value) else None,
        "page": citation.page if citation else None,
        "warnings": ", ".join(sorted(set(answer.warnings))),
        "answer_id": answer.id,
        "log_index": answer.receipt.index if answer.receipt else None,
    }


class Journal:
    """The finished cells of a batch: a line of JSON each, appended and flushed to disk before it counts.

    A line torn by a crash is dropped when the journal is read.
    """

    def __init__(self, path: Path):
        self._path = path
        self._lock = threading.Lock()

    def read(self) -> dict[str, dict[str, Json]]:
        """Return finished rows by cell key."""
        rows: dict[str, dict[str, Json]] = {}
        if not self._path.exists():
            return rows
        for line in self._path.read_bytes().split(b"\n"):
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            rows[entry["key"]] = entry["row"]
        return rows

    def append(self, key: str, row: dict[str, Json]) -> None:
        """Add a finished cell; safe for several threads of one process."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, self._path.open("ab") as stream:
            if stream.tell() and not self._ends_whole():
                stream.write(b"\n")
            stream.write(json.dumps({"key": key, "row": row}, ensure_ascii=False).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"


def answer_cells(
    analyst: Analyst | OverseenAnalyst, todo: Sequence[Cell], journal: Journal, *, principal: Principal, purpose: str
) -> int:
    """Answer the cells that are not in the journal, one after the other; returns how many.

    Refused cells are asked again: their purpose may have been assessed for them by now.
    """
    refused: dict[str, Json] = {"status": "refused"}
    finished = journal.read()
    still_open = [cell for cell in todo if finished.get(cell.key, refused)["status"] == "refused"]
    for cell in still_open:
        answer = analyst.analyse(cell_request(cell, principal=principal, purpose=purpose))
        journal.append(cell.key, cell_row(cell, answer))
    return len(still_open)


def write_table(rows: Sequence[dict[str, Json]], out: Path) -> tuple[Path, Path]:
    """Write the long table as `table.csv` and `table.json`, each whole or not at all."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _spreadsheet_safe(row[name]) for name in COLUMNS})
    as_json = json.dumps({"schema_version": 1, "rows": list(rows)}, ensure_ascii=False, indent=1)
    return _replace(out / "table.csv", stream.getvalue()), _replace(out / "table.json", as_json)


def markdown_table(rows: Sequence[dict[str, Json]], questions: Sequence[str]) -> str:
    """Write documents × questions as a Markdown table of values or states; document text is not in it."""
    by_document: dict[str, dict[str, Json]] = {}
    titles: dict[str, str] = {}
    for row in rows:
        by_document.setdefault(str(row["document_id"]), {})[str(row["question_id"])] = row["status"]
        titles[str(row["document_id"])] = str(row["title"])
    lines = ["| document | " + " | ".join(questions) + " |", "|---" * (len(questions) + 1) + "|"]
    for identity, states in by_document.items():
        title = titles[identity].replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {title} | " + " | ".join(str(states.get(question) or "–") for question in questions) + " |")
    return "\n".join(lines)


def _spreadsheet_safe(value: Json) -> Json:
    """Keep a spreadsheet from running document text as a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(value):
        return f"'{value}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _is_number(value: str) -> bool:
    return value.lstrip("+-").replace(".", "", 1).isdigit()


def _replace(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8", newline="")
    partial.replace(path)
    return path
