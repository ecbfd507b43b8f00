"""A model that fails in any way costs a warning, never an exception or half a reply."""

from collections.abc import Callable
from typing import Any

import pytest

from averment.core.access import AccessLabel
from averment.core.clock import SystemClock
from averment.core.errors import (
    AvermentError,
    ContextTooLong,
    ModelOutputInvalid,
    ModelOverloaded,
    ModelUnavailable,
)
from averment.core.ids import sha256_id
from averment.pipelines.reasoning.model_desk import ModelDesk, tokens_of
from averment.pipelines.reasoning.planner import PLAN_SCHEMA
from averment.pipelines.reasoning.prompts import template_source

VARIABLES = {"question": "Which law?", "queries": ["law"]}
Make = Callable[..., Any]


def ask(desk: ModelDesk) -> object:
    return desk.ask("plan", VARIABLES, schema=PLAN_SCHEMA, max_tokens=50)[0]


def test_a_good_reply_is_recorded_without_its_text(scripted: Make, trust: Make) -> None:
    model = scripted(['{"queries": ["governing law"]}'])
    desk = ModelDesk(model, trust=trust(), clock=SystemClock(), seed=7)
    reply, call = desk.ask("plan", VARIABLES, schema=PLAN_SCHEMA, max_tokens=50)
    assert reply == {"queries": ["governing law"]}
    assert call is not None
    assert call.prompt_hash == sha256_id(template_source("plan").encode("utf-8"))
    assert call.output_digest == sha256_id(b'{"queries": ["governing law"]}')
    assert (call.seed, call.purpose, tokens_of(call)) == (7, "plan", 110)
    assert desk.model_s == 0.25
    assert desk.warnings == []


@pytest.mark.parametrize(
    ("error", "warning", "is_open"),
    [
        (ModelUnavailable("down"), "model_unavailable", False),
        (ModelOverloaded("busy"), "model_overloaded", False),
        (ContextTooLong("long"), "model_context_too_long", True),
        (ModelOutputInvalid("odd"), "model_output_invalid", True),
    ],
)
def test_failures_become_warnings(scripted: Make, error: AvermentError, warning: str, is_open: bool) -> None:
    desk = ModelDesk(scripted([error]), trust=None, clock=SystemClock())
    assert ask(desk) is None
    assert desk.warnings == [warning]
    assert desk.is_open is is_open


@pytest.mark.parametrize(
    "reply", ["", "no json", "[]", '{"queries": "law"}', '{"queries": [], "tool": "rm"}', '{"queries": ["a' + "b" * 999]
)
def test_what_is_not_of_the_schema_is_no_reply(scripted: Make, reply: str) -> None:
    desk = ModelDesk(scripted([reply]), trust=None, clock=SystemClock())
    assert ask(desk) is None
    assert desk.warnings == ["model_output_invalid"]
    assert len(desk.calls) == 1


def test_a_cut_off_reply_is_no_reply(scripted: Make) -> None:
    desk = ModelDesk(scripted(['{"queries": ["law"]}'], finish="length"), trust=None, clock=SystemClock())
    assert ask(desk) is None
    assert desk.warnings == ["model_output_truncated"]


def test_after_an_unreachable_endpoint_it_is_not_asked_again(scripted: Make) -> None:
    model = scripted([ModelUnavailable("down"), '{"queries": []}'])
    desk = ModelDesk(model, trust=None, clock=SystemClock())
    assert ask(desk) is None
    assert ask(desk) is None
    assert len(model.asked) == 1


def test_trust_needs_a_profile_that_gives_it(scripted: Make, trust: Make) -> None:
    assert not ModelDesk(None, trust=trust(("plan",)), clock=SystemClock()).trusts("plan")
    assert not ModelDesk(scripted([]), trust=None, clock=SystemClock()).trusts("plan")
    assert ModelDesk(scripted([]), trust=trust(("plan",)), clock=SystemClock()).trusts("plan")


def test_a_model_that_may_not_see_a_document_is_not_asked_any_more(scripted: Make, trust: Make) -> None:
    model = scripted(['{"queries": []}'] * 3)
    seen = AccessLabel(classification="public")
    desk = ModelDesk(model, trust=trust(), clock=SystemClock(), may_see=lambda labels: list(labels) == [seen])
    asked: dict[str, Any] = {"schema": PLAN_SCHEMA, "max_tokens": 50}
    assert desk.ask("plan", VARIABLES, labels=[seen], **asked)[0] is not None
    branch = desk.branch()
    assert branch.ask("plan", VARIABLES, labels=[seen, AccessLabel()], **asked) == (None, None)
    assert branch.ask("plan", VARIABLES, labels=[seen], **asked) == (None, None)
    assert (branch.warnings, len(model.asked)) == (["classification_too_high"], 1)
    assert desk.ask_first_token("yes_no", VARIABLES) == (None, None), "of unknown documents, nothing is sent"
