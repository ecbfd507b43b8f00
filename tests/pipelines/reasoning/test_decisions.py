"""Decisions are kept by document, text and demand, and made anew for anything else."""

from dataclasses import replace
from typing import Any

from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.decisions import Decision, Decisions
from averment.pipelines.reasoning.lists import demands_of

(ESCROW,) = demands_of("Which contracts have an escrow clause?")
(DELAWARE,) = demands_of("Which contracts are governed by the law of Delaware?")


def decision(n_met: int = 0, n_unreadable: int = 0) -> Decision:
    return Decision(n_met=n_met, n_sections=3, n_unreadable=n_unreadable)


def test_a_known_decision_is_not_made_again(desk: Any) -> None:
    lease: DocumentVersion = desk.corpus.documents["lease"]
    kept = Decisions()
    assert (
        kept.of(lease, ESCROW, decide=lambda: decision(2))
        == kept.of(lease, ESCROW, decide=lambda: decision(9))
        == decision(2)
    )
    assert (kept.n_made, kept.n_kept) == (1, 1)


def test_another_text_document_or_demand_is_decided_anew(desk: Any) -> None:
    lease: DocumentVersion = desk.corpus.documents["lease"]
    kept = Decisions()
    others = [
        (lease, ESCROW),
        (lease, DELAWARE),
        (replace(lease, text_hash="sha256:00"), ESCROW),
        (replace(lease, document_id="other"), ESCROW),
        (replace(lease, parties=("Delaware Mills",)), ESCROW),
        (replace(lease, document_date="2020-01-01"), ESCROW),
    ]
    for number, (document, demand) in enumerate(others):
        assert kept.of(document, demand, decide=lambda number=number: decision(number)).n_met == number  # type: ignore[misc]  # a default binds the loop's variable
    assert kept.n_kept == 0


def test_what_is_kept_is_bounded(desk: Any) -> None:
    lease: DocumentVersion = desk.corpus.documents["lease"]
    kept = Decisions(kept=2)
    texts = [replace(lease, text_hash=f"sha256:{number}") for number in range(3)]
    for document in texts:
        kept.of(document, ESCROW, decide=decision)
    kept.of(texts[2], ESCROW, decide=decision)
    kept.of(texts[0], ESCROW, decide=decision)
    assert (kept.n_made, kept.n_kept) == (4, 1)


def test_a_page_without_text_leaves_it_open() -> None:
    assert decision().is_absent
    assert not decision(n_unreadable=1).is_absent
    assert not decision(n_met=1).is_absent
