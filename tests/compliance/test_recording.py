"""The record's part in an analysis with the real log: facts, gate, notice and mark (R13, R14, R34, R35)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.compliance.audit import show
from averment.compliance.index import EntryFilter
from averment.compliance.marks.formats import detect
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.compliance.recording import open_recording
from averment.compliance.signing_keys import MARK_KEY_FILE, read_signing_key
from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, Sentence, SentenceKind
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.errors import PurposeNotUsable
from averment.core.jsonable import canonical_json
from averment.core.record_settings import GateSettings
from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.backend import an_answer
from averment.pipelines.analysis import Analyst, Fingerprint

ASKED = AnalysisRequest(question="What is the term?", principal=Principal(subject="ada", groups=("everyone",)))
PIPELINE = "sha256:" + "a" * 64


class Writing:
    """Answers with a sentence of a model."""

    def answer(self, request: AnalysisRequest, **_: object) -> Answer:
        draft = an_answer(question=request.question)
        return replace(draft, sentences=(*draft.sentences, Sentence(kind=SentenceKind.STATEMENT, text="So it is.")))


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return open_data_dir(tmp_path / "data")


@pytest.fixture
def log(data_dir: DataDir) -> Iterator[EvidenceRecorder]:
    with open_evidence(
        data_dir.evidence, data_dir.keys, clock=SystemClock(), origin="averment.test/log", must_exist=False
    ) as opened:
        yield opened


def analyst(data_dir: DataDir, log: EvidenceRecorder, settings: Settings) -> Analyst:
    clock = SystemClock()
    return Analyst(
        Writing(),
        audit=log,
        recording=open_recording(data_dir, settings=settings, clock=clock),
        clock=clock,
        fingerprint=Fingerprint(pipeline_hash=PIPELINE, index_version=None, model="Qwen/Qwen3-8B"),
    )


def types(log: EvidenceRecorder) -> list[str]:
    log.seal()
    return [str(leaf["type"]) for leaf in show(log.evidence_dir, EntryFilter())]


def test_the_log_takes_what_an_analysis_owes_it_and_the_mark_is_good(data_dir: DataDir, log: EvidenceRecorder) -> None:
    answer = analyst(data_dir, log, Settings()).analyse(ASKED)
    assert types(log)[-4:] == ["analysis.started", "notice.shown", "analysis.completed", "mark.applied"]
    found = detect(canonical_json(answer), keys=[read_signing_key(data_dir.keys / MARK_KEY_FILE).verifier])
    assert found.verdict == "valid"
    assert found.facts is not None
    assert found.facts.model == "Qwen/Qwen3-8B"


def test_a_question_outside_is_refused_and_logged(data_dir: DataDir, log: EvidenceRecorder) -> None:
    outside = replace(ASKED, question="Rank the candidates by their CVs.")
    answer = analyst(data_dir, log, Settings()).analyse(outside)
    assert (answer.status, answer.mark) == ("refused", None)
    assert "guardrail.hit" in types(log)


@pytest.mark.parametrize(
    "settings",
    [Settings(gate=GateSettings(allow_trial=False)), Settings(service=ServiceSettings(host="0.0.0.0"))],
)
def test_a_trial_is_for_this_machine_and_can_be_forbidden(
    data_dir: DataDir, log: EvidenceRecorder, settings: Settings
) -> None:
    with pytest.raises(PurposeNotUsable):
        analyst(data_dir, log, settings).analyse(ASKED)
    assert "analysis.started" not in types(log)
