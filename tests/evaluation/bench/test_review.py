"""A review asks about another clause each time, and says what is missing where no model is given."""

from dataclasses import replace

import pytest

from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.review import NAME, QUESTIONS, measure, requests
from averment.pipelines.models.profiles import load_profile
from tests.evaluation.bench.conftest import check_rows

SERVED = load_profile("smollm2-135m").served_name


def test_forty_questions_ask_forty_things() -> None:
    assert len({request.question for request in requests([], count=QUESTIONS)}) == QUESTIONS


def test_a_contract_is_reviewed_by_its_own_headings_first() -> None:
    headings = ["ARTICLE IV. Governing Law", "4.2 Payment of Fees:", "(page 3)", "Governing law", "IN WITNESS 12/3"]
    asked = [request.question for request in requests(headings, count=3)]
    assert asked[:2] == [f"What does the contract say about {name}?" for name in ("governing law", "payment of fees")]
    assert len(set(asked)) == 3


def test_without_a_model_the_figure_is_left_open(plan: Plan) -> None:
    (row,) = measure(plan)
    assert (row.value, row.target) == (None, ">= 80 %")
    assert "averment model serve" in row.note


@pytest.mark.slow
def test_what_the_server_counts_becomes_the_figure(plan: Plan) -> None:
    with ModelEndpoint(replies=[ScriptedReply(text='{"queries": []}')], served=(SERVED,)) as endpoint:
        rows = measure(replace(plan, endpoint=endpoint.base_url))
    check_rows(rows, NAME)
    share = rows[0]
    assert share.value == pytest.approx(
        100 * float(share.detail["cached_tokens"]) / float(share.detail["prompt_tokens"])
    )
    assert share.detail["questions"] == 3
