"""A small log, facts of a system, and documents made from them."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import EllipsisType

import averment
from averment.compliance.documents.facts import ComponentFacts, MachineFacts, ModelFacts, SupplierFact, SystemFacts
from averment.compliance.documents.filled import FilledDocument, Language, Software
from averment.compliance.documents.kinds import kind_of
from averment.compliance.documents.report import (
    Installation,
    ReportRequest,
    export_facts,
    file_document,
    make_document,
)
from averment.compliance.explanation import Element, Explanation, Human
from averment.compliance.recorder import EvidenceRecorder, init_evidence, open_evidence
from averment.core.audit import AuditEvent, EventType
from averment.core.testing.clock import FixedClock
from tests.compliance.samples import DATA

DIGEST = "sha256:" + "a" * 64
START = datetime.datetime(2026, 11, 1, 9, 0, tzinfo=datetime.UTC)
EVENTS = (
    EventType.PURPOSE_CREATED,
    EventType.SYSTEM_STARTED,
    EventType.CONFIG_CHANGED,
    EventType.MODEL_LOADED,
    EventType.MODEL_TRAINED,
    EventType.INDEX_CHANGED,
    EventType.INGEST_COMPLETED,
    EventType.ANALYSIS_STARTED,
    EventType.ANALYSIS_COMPLETED,
)

_KEYS = 5  # entries before them: those of the log's keys and of anna's


def event(kind: EventType) -> AuditEvent:
    """Return an event with every fact given."""
    # Keyed fields are given as text; what the samples hold there is a digest, which is a text too.
    return AuditEvent(type=kind, subject="anna@example.com", purpose="trial", data=DATA[kind])  # type: ignore[arg-type]  # samples are plain JSON


def facts(**changes: object) -> SystemFacts:
    """Return what a system says of itself, with some of it changed."""
    model = ModelFacts(
        profile="qwen3-8b", title="Qwen3-8B", repository="Qwen/Qwen3-8B", revision="b" * 40, is_verified=True,
        is_used=True, placement="local", context_tokens=32768, digest=DIGEST, licence="Apache-2.0", gpu_gib="24",
        supplier="A supplier", annex_xii={"1a": SupplierFact(status="supplied", text="Text generation")},
    )  # fmt: skip
    values: dict[str, object] = {
        "software": Software(version="0.1.0", digest=DIGEST),
        "machine": MachineFacts(processor="x86_64", threads=2, memory_gib=16, has_gpu=False, system="Linux"),
        "model": model,
        "components": (ComponentFacts(role="embedder", name="all-MiniLM-L6-v2", digest=DIGEST),),
        "connectors": (),
        "prompts": (),
        "settings": {"retrieval.top_k": "8", "parsing.max_pages": "5000", "index.backend": "edge"},
        "packages": {"pydantic": "2.12"},
        "lockfiles": (),
        "evaluations": (),
        "decisions": (),
        "commands": ("ask", "report"),
        "routes": ("GET /healthz",),
        "media_types": ("application/pdf",),
    }
    return SystemFacts.model_validate(values | changes)


@dataclass(frozen=True)
class Place:
    """An installation of the record alone: a log, keys, and the folder of documents."""

    root: Path
    clock: FixedClock

    @property
    def installation(self) -> Installation:
        return Installation(
            evidence_dir=self.root / "evidence",
            folder=self.root / "compliance",
            software=tuple(Path(found) for found in averment.__path__),
            files=(self.root,),
        )

    def recorder(self) -> EvidenceRecorder:
        return open_evidence(self.root / "evidence", self.root / "keys", clock=self.clock)

    def append(self, *kinds: EventType) -> None:
        """Log events and keep a checkpoint over them."""
        with self.recorder() as recorder:
            recorder.append_many([event(kind) for kind in kinds])
            recorder.seal(keep=True)

    def export(self, document: FilledDocument) -> None:
        """Log and file a document as an export does."""
        stated = AuditEvent(type=EventType.ACCESS_EXPORTED, subject="anna@example.com", data=export_facts(document))
        with self.recorder() as recorder:
            recorder.append(stated)
            recorder.seal(keep=True)
        file_document(document, self.installation.folder)

    def people(self, name: str, text: str) -> Path:
        """Write a file of the people's part."""
        path = self.installation.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def make(
        self,
        code: str,
        *,
        system: SystemFacts | None = None,
        language: Language = "en",
        subject: str = "",
        as_of: str | None = None,
        explanation: Explanation | EllipsisType | None = ...,
    ) -> FilledDocument:
        """Make a document of a kind; an explanation from `an_explanation` unless told otherwise."""
        explained = an_explanation() if explanation is ... else explanation
        request = ReportRequest(
            kind=kind_of(code), language=language, subject=subject, as_of=as_of, explanation=explained
        )
        return make_document(request, self.installation, facts=system or facts())


def an_explanation(
    *,
    words: str | None = None,
    kind: str = "quote",
    human: Human = "none",
    more: Sequence[Element] = (),
) -> Explanation:
    """Return what the log of `new_place` has of the answer a-1, with its words or with none."""
    asked, answered = (
        _KEYS + EVENTS.index(kind) for kind in (EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED)
    )
    place = {"document_id": "d-1", "text_hash": DIGEST, "start": 3, "end": 9, "page": 3}
    check = {"name": "quote", "passed": True, "detail": ""}
    sentence = {"kind": kind, "text": words, "places": [place], "verdict": "supported", "checks": [check],
                "calculation": None}  # fmt: skip
    facts: Sequence[tuple[str, object, int]] = (
        ("question", words, asked),
        ("asked_at", "2026-11-01T09:00:00.000Z", asked),
        ("purpose", "trial", asked),
        ("mode", "trial", asked),
        ("status", "answered", answered),
        ("documents", ["d-1"], answered),
        ("sentence", sentence, answered),
        ("coverage", {"documents_read": 2, "exhaustive": False, "recall": None}, answered),
        ("confidence", {"score": 0.81234, "threshold": None}, answered),
        ("warnings", [], answered),
    )
    elements = tuple(Element(name=name, value=value, entry=entry) for name, value, entry in facts)
    return Explanation(
        answer_id="a-1",
        role="extractive",
        human=human,
        question="withheld" if words is None else "full",
        elements=(*elements, *more),
    )


def new_place(root: Path, kinds: Sequence[EventType] = EVENTS) -> Place:
    """Make a log that holds one event of each kind."""
    place = Place(root, FixedClock(START))
    init_evidence(root / "evidence", root / "keys", origin="tests.example/log", clock=place.clock)
    place.append(*kinds)
    return place


def peoples_yaml(code: str, fields: Mapping[str, str]) -> str:
    """Write the people's part with the fields given as flow mappings."""
    rows = "\n".join(f'  "{key}": {value}' for key, value in fields.items())
    return f"document: {code}\nversion: 1\nfields:\n{rows}\n"


PROVIDED = '{status: provided, text: "Words of people.", owner: "Head of legal", date: 2026-10-01}'
