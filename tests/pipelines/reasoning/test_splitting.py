"""Which questions are cut into parts, from what was found."""

from dataclasses import replace
from typing import Any

import pytest

from averment.core.interpretation import SurveyCoverage
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.planner import make_plan
from averment.pipelines.reasoning.scoping import open_sources
from averment.pipelines.reasoning.splitting import fits_none, split

LIST = "Which contracts are governed by the laws of Utah?"
NONE = SurveyCoverage(documents_in_scope=3, documents_looked_at=3, documents_matched=0, is_exhaustive=True)


def found_for(
    leases: Any, question: str, *, survey: SurveyCoverage | None = None, named: tuple[str, ...] = ()
) -> Findings:
    documents = leases.corpus.documents
    return Findings(
        plan=make_plan(question),
        visible=dict(documents),
        named=list(named),
        survey=survey,
        sources=tuple(open_sources((), documents, leases.corpus, named=tuple(documents))),
    )


def test_a_comparison_of_named_documents_is_cut(leases: Any) -> None:
    found = found_for(leases, "Compare the rent of Larkspur and Copperfield", named=("lease", "harbour"))
    cut = split(found, answer_type=None)
    assert cut is not None
    assert (cut[0].n_parts, cut[1].code, cut[1].facts) == (2, "split", {"parts": 2})
    assert [part.document_id for part in found.parts] == ["lease", "harbour"]


@pytest.mark.parametrize("answer_type", ["boolean", "date", "duration", "amount", "label", "number"])
def test_one_value_is_not_asked_of_several_documents(leases: Any, answer_type: str) -> None:
    found = found_for(leases, "Compare the rent of Larkspur and Copperfield", named=("lease", "harbour"))
    assert split(found, answer_type=answer_type) is None


def test_an_ordinary_question_is_not_cut(leases: Any) -> None:
    assert split(found_for(leases, "What is the rent?"), answer_type=None) is None


def test_a_difference_of_two_years_is_no_comparison_of_documents(leases: Any) -> None:
    found = found_for(leases, "What is the difference between net sales in 2019 and 2018?")
    assert split(found, answer_type=None) is None


def test_none_fits_only_where_all_were_looked_at_and_rules_can_tell(leases: Any) -> None:
    assert fits_none(found_for(leases, LIST, survey=NONE))
    for survey in (
        None,
        replace(NONE, is_exhaustive=False),
        replace(NONE, documents_matched=None),
        replace(NONE, documents_matched=1),
    ):
        assert not fits_none(found_for(leases, LIST, survey=survey))
    found = found_for(leases, LIST, survey=NONE)
    cut = split(found, answer_type=None)
    assert cut is not None
    assert (cut[0].n_candidates, found.refusal) == (0, "none_fits")
