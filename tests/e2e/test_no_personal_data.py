"""Names, addresses and accounts are put wherever people put them; no leaf and no export holds any of them."""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from averment.compliance.answer_record import answer_record
from averment.compliance.audit import ExportRequest, export
from averment.compliance.index import EntryFilter
from averment.compliance.recorder import EvidenceRecorder
from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, SearchRequest, SearchResult, Turn
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import SystemClock
from averment.core.erasure import name_pattern
from averment.core.errors import AuditWriteFailed
from averment.core.interpretation import Interpretation
from averment.core.testing.gate import OpenGate, plain_recording
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener
from averment.pipelines.search import Searcher
from tests.compliance.samples import DATA, DIGEST
from tests.compliance.test_answer_record import thorough_answer
from tests.compliance.test_recorder import open_new
from tests.pipelines.ingestion.test_ingestor import World

N_PEOPLE = 400 if os.environ.get("AVERMENT_TEST_LONG") else 12
FIRST = ("Anna", "Søren", "Zoë", "Mehmet", "Li", "José", "Oluwaseun", "Ágnes")
LAST = ("Holloway-Nesh", "O'Brien", "Schmidt", "von der Leyen", "Nguyễn", "Kowalczyk")


@dataclass(frozen=True)
class Somebody:
    """A person as they turn up in texts, names of files and sign-ins."""

    name: str
    mail: str
    iban: str

    @property
    def words(self) -> tuple[str, ...]:
        """Return what must be found nowhere."""
        return (self.name, self.mail, self.iban, self.iban.replace(" ", ""))


def somebody(seed: int) -> Somebody:
    chosen = random.Random(seed)
    name = f"{chosen.choice(FIRST)} {chosen.choice(LAST)} {chosen.randrange(10**6)}"
    digits = "".join(chosen.choice("0123456789") for _ in range(20))
    iban = "DE" + " ".join((digits[:2], digits[2:6], digits[6:10], digits[10:14], digits[14:18], digits[18:]))
    return Somebody(name, f"{name.replace(' ', '.').lower()}@example.com", iban)


class Answering:
    """Answers with a person in every text of the answer."""

    def __init__(self, person: Somebody):
        self._person = person

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        answer, who = thorough_answer(), self._person
        call = answer.steps[0].model_call
        assert call is not None
        claim = answer.claims[0]
        citation = replace(
            claim.citations[0], quote=f"{who.name} pays {who.iban}", source_uri=f"file:///{who.name}.pdf"
        )
        claim = replace(claim, text=who.name, citations=(citation,))
        step = replace(
            answer.steps[0],
            query=who.mail,
            summary=who.name,
            model_call=replace(call, model=f"/home/{who.name}/model", parameters={"user": who.mail}),
        )
        sentence = replace(answer.sentences[0], text=f"{who.name} <{who.mail}>", claim=claim)
        return replace(
            answer,
            question=request.question,
            sentences=(sentence,),
            steps=(step,),
            warnings=(f"{who.name} is named",),
            asked_as=f"What does {who.name} owe?",
        )


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    with open_new(tmp_path / "log") as opened:
        yield opened


def emit(recorder: EvidenceRecorder, person: Somebody) -> None:
    """Ask and search as somebody, about them, with them in every text and label."""
    who = Principal(subject=person.mail, groups=(person.name, person.mail), tenant=person.name)
    filters = Filters(party=(person.name,), file_name=(f"{person.name}.pdf",), source_uri=(person.mail,))
    analyst = Analyst(
        Answering(person),
        audit=recorder,
        recording=replace(plain_recording(), record=answer_record),
        clock=SystemClock(),
        fingerprint=Fingerprint(pipeline_hash=DIGEST, index_version=DIGEST, model=f"/models/{person.name}"),
    )
    turn = Turn(question=person.name, answer=f"{person.iban}")
    analyst.analyse(
        AnalysisRequest(
            question=f"Does {person.name} ({person.iban}) owe rent?",
            principal=who,
            filters=filters,
            labels=(person.name,),
            conversation=(turn,),
        )
    )
    nothing = SearchResult(passages=(), interpretation=Interpretation(want=""))
    searcher = Searcher(
        lambda _request: nothing, audit=recorder, gate=OpenGate(), clock=SystemClock(), index_version=DIGEST
    )
    searcher.search(SearchRequest(query=person.name, principal=who, top_k=3, filters=filters))


def found(folder: Path, people: list[Somebody]) -> list[str]:
    words = [word for person in people for word in person.words]
    pattern = name_pattern(words)
    assert pattern is not None
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in files}
    return [f"{path}: {hit.group()}" for path, text in texts.items() for hit in pattern.finditer(text)]


def test_no_leaf_and_no_export_holds_a_person(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    people = [somebody(seed) for seed in range(N_PEOPLE)]
    for person in people:
        emit(recorder, person)
    out = tmp_path / "out"
    query = EntryFilter()
    export(recorder, ExportRequest(kind="bundle", query=None, subject=people[0].mail), out=out / "log.zip")
    export(recorder, ExportRequest(kind="bundle", query=query, subject=people[0].mail), out=out / "slice.zip")
    export(recorder, ExportRequest(kind="jsonl", query=query, subject=people[0].mail), out=out / "log.jsonl")
    assert found(recorder.evidence_dir, people) == []
    assert found(out, people) == []


@pytest.mark.slow
def test_a_file_named_after_a_person_leaves_no_name_in_the_log(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    people = [somebody(seed) for seed in range(1000, 1003)]
    (tmp_path / "world").mkdir()
    world = World(tmp_path / "world")
    for number, person in enumerate(people):
        text = f"CONTRACT of {person.name}\n\nPaid to {person.iban}, {person.mail}.\n"
        (world.folder / f"{person.name}.txt").write_text(text if number else "", encoding="utf-8")
    world.audit = recorder  # type: ignore[assignment]  # a real log in place of the double
    world.ingestor = world.make_ingestor(world.stores)
    world.ingest()
    world.index.close()
    world.catalog.close()
    recorder.seal()
    assert found(recorder.evidence_dir, people) == []


@pytest.mark.parametrize("kind", EventType)
def test_a_text_where_a_code_belongs_is_refused_or_becomes_a_digest(kind: EventType, tmp_path: Path) -> None:
    person = somebody(7)
    with open_new(tmp_path) as recorder:
        for field, value in DATA[kind].items():
            if not isinstance(value, str):
                continue
            for text in (person.name, person.mail, person.iban):
                event = AuditEvent(type=kind, subject=person.mail, data={**DATA[kind], field: text})  # type: ignore[dict-item]
                try:
                    recorder.append(event)
                except AuditWriteFailed as error:
                    assert text not in str(error)
        recorder.seal()
        assert found(recorder.evidence_dir, [person]) == []
