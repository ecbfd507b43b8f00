"""The working data of one answer cites what it names."""

from typing import Any

import pytest

from averment.core.clock import SystemClock
from averment.pipelines.reasoning.findings import Findings, names_of
from averment.pipelines.reasoning.reader import Interest, Reader, Stretch
from averment.pipelines.reasoning.scoping import open_sources


def test_evidence_cites_candidates_in_scope(desk: Any) -> None:
    sources = open_sources([], desk.corpus.documents, desk.corpus)
    found = Findings(visible=dict(desk.corpus.documents), sources=tuple(sources))
    candidates, _ = Reader(None, SystemClock()).read(
        Interest(question="Which law governs?", topics=(), kind=None), [Stretch(source=sources[0])]
    )
    evidence = found.evidence(candidates[:1], entries_of=lambda _: ())
    (cited,) = evidence.citations
    assert found.texts[cited.text_hash][cited.start : cited.end] == cited.quote
    assert evidence.documents == {"lease"}
    assert names_of(sources) == ("Master Lease Agreement",)


def test_nothing_is_read_before_the_plan() -> None:
    with pytest.raises(RuntimeError, match="plans before"):
        print(Findings().planned)
