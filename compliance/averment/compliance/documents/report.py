"""Makes a document of a kind from what the system knows, what people wrote, and the log at one checkpoint.

An export is logged before it is written, names the document by its digest, and leaves the document's JSON in the
folder `filed/`, by which `averment report check` later finds what was said.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.compliance.documents.collectors.sources import FiledDocument, Sources
from averment.compliance.documents.evidence import EvidenceList, EvidenceStore, content_evidence
from averment.compliance.documents.facts import SystemFacts, fingerprints, keep_facts
from averment.compliance.documents.filled import FilledDocument, Language, Status, parse_document
from averment.compliance.documents.filling import Filling, fill
from averment.compliance.documents.kinds import DocumentKind, kinds, template_versions
from averment.compliance.documents.limits import not_established
from averment.compliance.documents.log_view import LogView
from averment.compliance.documents.people import people_path, read_people
from averment.compliance.documents.registry import collector_of
from averment.compliance.documents.running import RECORD, running_processing
from averment.compliance.documents.sheet import Sheet
from averment.compliance.documents.standards import standards_status
from averment.compliance.documents.thresholds import declared
from averment.compliance.documents.words import Words
from averment.compliance.explanation import Explanation
from averment.compliance.marks.release import Release, mark_facts
from averment.core.audit import EventType, EventValue
from averment.core.errors import UsageError
from averment.core.ids import sha256_id

FILED_FOLDER: Final = "filed"
_OPEN: Final = (Status.MISSING, Status.STALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """Which document: its kind, language, what it is about, and the time it speaks of (the present when absent).

    `explanation` is what an explanation of an answer is made from.
    """

    kind: DocumentKind
    language: Language = "en"
    subject: str = ""
    as_of: str | None = None
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where a document's parts lie.

    Attributes:
        evidence_dir: The folder `evidence/`.
        folder: The folder `compliance/` of the data directory.
        software: Folders of the program's own files.
        files: Folders that files named in the settings are relative to.
    """

    evidence_dir: Path
    folder: Path
    software: tuple[Path, ...]
    files: tuple[Path, ...]

    def store(self) -> EvidenceStore:
        """Return what finds evidence."""
        places = {"software": self.software, "compliance": (self.folder,), "installation": self.files}
        return EvidenceStore(self.evidence_dir, places)


def make_document(request: ReportRequest, installation: Installation, *, facts: SystemFacts) -> FilledDocument:
    """Fill a document.

    Args:
        request: Which one.
        installation: Where its parts lie.
        facts: What the running system says of itself.

    Raises:
        UsageError: The kind lacks the language, needs a subject, or no checkpoint is that old.
        ConfigurationError: The people's part breaks a rule.
    """
    kind = request.kind
    _check(request)
    path = people_path(installation.folder, kind, subject=request.subject)
    people, cited = read_people(path, kind), EvidenceList()
    sheet = Sheet(Words(request.language), cited)
    with LogView(installation.evidence_dir, as_of=request.as_of) as log:
        sources = Sources(
            facts=facts,
            facts_file=keep_facts(facts, installation.folder),
            log=log,
            standards=standards_status(),
            filed=newest_filed(installation.folder),
            declared=declared(installation.folder),
            people=people,
            people_file=content_evidence(path.read_bytes(), path=path.name) if people else None,
            subject=request.subject,
            explanation=request.explanation,
        )
        _link(kind, sources, sheet)
        collector_of(kind.code)(sources, sheet)
        today = datetime.datetime.fromisoformat(log.state.time).date()
        fields = fill(kind, Filling(sheet=sheet, people=people, problem=installation.store().problem, today=today))
        return FilledDocument(
            kind=kind.code,
            kind_version=kind.version,
            title=kind.heading(request.language),
            article=kind.source(request.language),
            language=request.language,
            law=kind.law.words(request.language),
            subject=request.subject,
            is_generated=sheet.is_generated,
            software=facts.software,
            log=log.state,
            fields=fields,
            evidence=cited.listed(),
            fingerprints={**_fingerprints(facts, log), **_processing(kind, facts, log)},
            not_established=not_established(fields, sheet.words),
        )


def export_facts(document: FilledDocument) -> Mapping[str, EventValue]:
    """Return what the log states of a document that is exported (`access.exported`)."""
    return {
        "kind": "report",
        "size": document.log.size,
        "n_entries": document.log.size,
        "includes_policy": False,
        "report": document.kind,
        "content": sha256_id(document.to_json()),
        "masking": document.masking,
    }


def release_of(document: FilledDocument, *, subject: str) -> Release:
    """Return what is to be said of a document that leaves; the law's words and those of answers are quotations."""
    fields = document.fields.values()
    words = [block for field in fields for block in field.blocks if block.made_by != "answer"]
    tables = [cell for block in words for row in block.rows for cell in row]
    return Release(
        is_generated=document.is_generated,
        classification="report",
        facts=mark_facts(answer_id=document.subject if document.is_generated else ""),
        subject=subject,
        exported=export_facts(document),
        says=[
            *document.not_established,
            *(field.reason for field in fields),
            *(block.text for block in words),
            *tables,
        ],
        quoted=[text for field in fields for text in (field.title, field.asks)],
    )


def file_document(document: FilledDocument, folder: Path) -> Path:
    """Keep a document that leaves the house; equal documents are one file.

    Args:
        document: The document.
        folder: The folder `compliance/`.
    """
    name = f"{document.kind}{f'-{document.subject}' if document.subject else ''}-{document.language}"
    path = folder / FILED_FOLDER / f"{name}-{document.log.size}.json"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(document.to_json())
    temporary.replace(path)
    return path


def newest_filed(folder: Path) -> Mapping[str, FiledDocument]:
    """Return the filed document of each kind that was made from the largest log."""
    # They come by the size of their logs: the last of a kind is the newest.
    return {document.kind: _as_filed(path, document) for path, document in filed_documents(folder)}


def _as_filed(path: Path, document: FilledDocument) -> FiledDocument:
    return FiledDocument(
        title=document.title,
        size=document.log.size,
        time=document.log.time,
        file=content_evidence(path.read_bytes(), path=f"{FILED_FOLDER}/{path.name}"),
        open_fields=tuple(key for key, field in document.fields.items() if field.status in _OPEN),
    )


def filed_documents(folder: Path) -> list[tuple[Path, FilledDocument]]:
    """Return every filed document, by size of its log and name.

    Raises:
        ConfigurationError: A file is none.
    """
    paths = sorted((folder / FILED_FOLDER).glob("*.json"), reverse=True)
    found = [(path, parse_document(path.read_bytes(), name=str(path))) for path in paths]
    return sorted(found, key=lambda item: item[1].log.size)


def current_fingerprints(facts: SystemFacts, evidence_dir: Path) -> Mapping[str, str]:
    """Return the fingerprints of what runs now."""
    with LogView(evidence_dir) as log:
        return _fingerprints(facts, log)


def current_processing(facts: SystemFacts, evidence_dir: Path) -> Mapping[str, str]:
    """Return what processes data now, by name."""
    with LogView(evidence_dir) as log:
        return running_processing(facts, log)


def counts(document: FilledDocument) -> Mapping[Status, int]:
    """Count fields by status."""
    return {status: sum(field.status is status for field in document.fields.values()) for status in Status}


def _check(request: ReportRequest) -> None:
    kind = request.kind
    if request.language not in kind.languages:
        raise UsageError(
            f"{kind.code} does not exist in {request.language!r}", hint=f"one of {', '.join(kind.languages)}"
        )
    if kind.about and not request.subject:
        raise UsageError(f"{kind.code} is about one {kind.about}", hint=f"--about {kind.about.upper()}")
    if request.subject and not kind.about:
        raise UsageError(f"{kind.code} is about the whole installation, not about {request.subject!r}")


def _link(kind: DocumentKind, sources: Sources, sheet: Sheet) -> None:
    """Answer fields that another document answers."""
    for spec in kind.fields:
        if not spec.link:
            continue
        filed, title = sources.filed.get(spec.link), kinds()[spec.link].heading(sheet.words.language)
        if filed is None:
            sheet.lacks(spec.id, "not_filed", title=title, kind=spec.link)
        else:
            sheet.say(spec.id, "see_filed", on=[filed.file], title=title, size=filed.size, time=filed.time)
            if filed.open_fields:
                sheet.lacks(spec.id, "filed_open", title=title, fields=", ".join(filed.open_fields))


def _processing(kind: DocumentKind, facts: SystemFacts, log: LogView) -> Mapping[str, str]:
    """Return what processes data, which the record of processing has to keep up with."""
    return running_processing(facts, log) if kind.code == RECORD else {}


def _fingerprints(facts: SystemFacts, log: LogView) -> Mapping[str, str]:
    return {**fingerprints(facts), **_loaded(log), **template_versions()}


def _loaded(log: LogView) -> Mapping[str, str]:
    """Return the weights that were loaded last, by role."""
    loaded = log.entries(EventType.MODEL_LOADED, newest=50)
    return {f"weights/{found.fact('role')}": found.fact("weights_digest") or "not known" for found in loaded}
