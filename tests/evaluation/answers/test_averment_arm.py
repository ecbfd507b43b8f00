from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.testing.clock import FixedClock
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.answers.averment_arm import AvermentArm
from averment.evaluation.corpus import EvaluationStores, IngestedCorpus
from averment.evaluation.pack import Pack, PackQuestion
from averment.pipelines.reasoning.answerer import Answerer
from tests.evaluation.small_pack import write_pack

pytestmark = pytest.mark.slow


class Opened:
    """The small pack in stores, and an arm over them."""

    def __init__(self, folder: Path):
        self.pack = Pack(write_pack(folder / "pack"))
        self.stores = EvaluationStores(folder / "stores", embedder=HashEmbedder(), clock=FixedClock())
        documents = list(self.pack.documents.values())
        self.corpus: IngestedCorpus = self.stores.ingest(
            self.pack, documents, kind="native", on_progress=lambda *_: None
        )
        self.answerer = Answerer(
            self.stores.retriever(),
            texts=self.stores.texts,
            catalog=self.stores.catalog,
            embedder=self.stores.embedder,
            clock=FixedClock(),
        )

    def arm(self, answerer: Any = None) -> AvermentArm:
        return AvermentArm("ours", answerer or self.answerer, texts=self.stores.texts, ids=self.corpus.ids)

    def question(self, number: int) -> PackQuestion:
        return self.pack.questions("small")[number]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    made = Opened(tmp_path_factory.mktemp("arm"))
    yield made
    made.stores.close()


def test_places_are_those_of_the_pack_and_notices_are_left_out(opened: Opened) -> None:
    reply = opened.arm().reply(opened.question(0))
    assert reply.is_answered
    assert {place.doc_id for place in reply.places} == {"d1"}
    assert "Utah" in reply.text
    assert "Trial mode" not in reply.text
    assert reply.n_fabricated == 0
    assert reply.note.startswith("answered")


def test_no_such_clause_is_no_answer(opened: Opened) -> None:
    assert not opened.arm().reply(opened.question(2)).is_answered


def test_a_quotation_that_does_not_stand_there_is_counted(opened: Opened) -> None:
    class Lying:
        """Moves every citation by one character."""

        def answer(self, request: AnalysisRequest) -> Answer:
            answer = opened.answerer.answer(request)
            moved = [
                replace(claim, citations=tuple(replace(one, start=one.start + 1) for one in claim.citations))
                for claim in answer.claims
            ]
            return replace(answer, claims=tuple(moved))

    honest, lying = opened.arm().reply(opened.question(0)), opened.arm(Lying()).reply(opened.question(0))
    assert (honest.n_fabricated, lying.n_fabricated > 0) == (0, True)


def test_a_list_names_documents_and_its_decisions_are_counted(opened: Opened) -> None:
    arm = opened.arm()
    asked = PackQuestion(
        id="q", question="Which contracts in the collection are governed by the law of Utah?", doc_ids=("d1",),
        scope="corpus", gold=(), type="multi_doc_list", category="", labels={},
    )  # fmt: skip
    before = arm.decisions()
    reply = arm.reply(asked)
    assert {place.doc_id for place in reply.places} == {"d1"}
    assert "laws of Utah" in reply.text
    assert reply.n_fabricated == 0
    assert arm.decisions() == {"made": before["made"] + 1, "kept": before["kept"]}
    assert arm.reply(asked).places == reply.places
    assert arm.decisions() == {"made": before["made"] + 1, "kept": before["kept"] + 1}
