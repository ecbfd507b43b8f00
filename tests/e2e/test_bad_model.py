"""The product before a model endpoint that does everything wrong: every answer is whole and says what happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.profiles import load_profile
from tests.e2e.installation import Installation, make_installation
from tests.e2e.serving import Served, serving

pytestmark = pytest.mark.slow

QUESTION = "Which law governs the lease?"
LEASE = """LEASE AGREEMENT

1. PARTIES. This Lease is made between Fjordvik Properties AS and Halden Tools Ltd.

2. TERM. This Lease runs for three years from 1 May 2024.

3. GOVERNING LAW. This Lease is governed by the laws of Norway.
"""
PROFILE = load_profile("smollm2-135m").model_copy(update={"trusted_for": ("write",)})
NAME = PROFILE.served_name
GOOD = ScriptedReply(text='{"statement": "The laws of Norway govern the lease.", "labels": ["S1"]}', model=NAME)
HALF = '{"statement": "The laws of Nor'


@dataclass
class Behaviour:
    """What the endpoint does next."""

    reply: ScriptedReply = GOOD
    asked: list[str] = field(default_factory=list)

    def __call__(self, body: Any) -> ScriptedReply:
        self.asked.append(str(body["model"]))
        return self.reply


@pytest.fixture(scope="module")
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture(scope="module")
def endpoint(behaviour: Behaviour) -> Iterator[ModelEndpoint]:
    with ModelEndpoint(replies=behaviour, served=(NAME,)) as running:
        yield running


@pytest.fixture(scope="module")
def installation(endpoint: ModelEndpoint, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = make_installation(tmp_path_factory.mktemp("bad-model"))
    (made.root / "documents").mkdir()
    (made.root / "documents" / "lease.txt").write_text(LEASE, encoding="utf-8")
    made.ok("ingest", "documents")
    profile = made.root / "profile.yaml"
    profile.write_text(yaml.safe_dump(PROFILE.model_dump(mode="json")), encoding="utf-8")
    return Installation(made.root, extra=variables(profile, endpoint.base_url))


def variables(profile: Path, url: str) -> dict[str, str]:
    return {
        "AVERMENT_MODEL__ENABLED": "true",
        "AVERMENT_MODEL__PROFILE": str(profile),
        "AVERMENT_MODEL__ENDPOINT": url,
        "AVERMENT_MODEL__TIMEOUT_S": "1",
    }


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    with serving(installation) as running:
        yield running


def ask(served: Served) -> dict[str, Any]:
    body = {"model": "averment", "messages": [{"role": "user", "content": QUESTION}]}
    with served.client() as client:
        response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 200, response.text
    found = response.json()
    assert isinstance(found, dict)
    return found


def assert_whole(found: dict[str, Any], warning: str) -> None:
    """Check that an answer rests on the document alone and names what the model did."""
    said = found["averment"]
    assert (said["status"], said["warnings"]) == ("answered", [warning])
    assert not said["is_generated"]
    assert "laws of Norway" in found["choices"][0]["message"]["content"]
    assert found["choices"][0]["finish_reason"] == "stop"
    assert said["receipt"]


def test_a_good_model_is_used(served: Served, behaviour: Behaviour) -> None:
    behaviour.reply = GOOD
    found = ask(served)
    assert found["averment"]["warnings"] == []
    assert found["averment"]["is_generated"]
    assert set(behaviour.asked) == {NAME}


@pytest.mark.parametrize(
    ("reply", "warning"),
    [
        (replace(GOOD, failure="broken"), "model_unavailable"),
        (replace(GOOD, failure="overloaded"), "model_overloaded"),
        (replace(GOOD, failure="hang"), "model_unavailable"),
        (replace(GOOD, failure="drop"), "model_unavailable"),
        (replace(GOOD, failure="half"), "model_unavailable"),
        (replace(GOOD, failure="garbage"), "model_output_invalid"),
        (replace(GOOD, failure="context_too_long"), "model_context_too_long"),
        (replace(GOOD, failure="refusing_key"), "model_misconfigured"),
        (replace(GOOD, model="another"), "model_output_invalid"),
        (replace(GOOD, text=HALF), "model_output_invalid"),
        (replace(GOOD, text="The laws of Mars govern."), "model_output_invalid"),
        (replace(GOOD, text=HALF, finish="length"), "model_output_truncated"),
        (replace(GOOD, finish="content_filter"), "model_refused"),
        (replace(GOOD, text=None, refusal="I cannot help with that."), "model_refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.failure or value.finish,
)
def test_what_a_model_does_wrong_is_a_warning_and_never_half_an_answer(
    served: Served, behaviour: Behaviour, reply: ScriptedReply, warning: str
) -> None:
    behaviour.reply = reply
    assert_whole(ask(served), warning)


def test_a_model_that_mends_its_ways_is_used_again(served: Served, behaviour: Behaviour) -> None:
    behaviour.reply = GOOD
    assert ask(served)["averment"]["is_generated"]


def test_readiness_names_an_endpoint_with_another_model(served: Served, endpoint: ModelEndpoint) -> None:
    endpoint.served = ("another",)
    try:
        with served.client() as client:
            ready = client.get("/readyz")
    finally:
        endpoint.served = (NAME,)
    assert ready.status_code == 503
    assert "another" in ready.json()["parts"]["model"]


def test_the_command_line_says_it_too(
    installation: Installation, endpoint: ModelEndpoint, behaviour: Behaviour, tmp_path: Path
) -> None:
    behaviour.reply = replace(GOOD, failure="garbage")
    with ModelEndpoint(replies=[GOOD], served=("another",)) as other:
        cases = {endpoint.base_url: "model_output_invalid", other.base_url: "model_misconfigured"}
        cases["http://127.0.0.1:9/v1"] = "model_unavailable"
        for url, warning in cases.items():
            there = Installation(installation.root, extra={**installation.extra, "AVERMENT_MODEL__ENDPOINT": url})
            answer = there.ok("ask", QUESTION, "--json").json()
            assert (answer["status"], answer["method"], answer["warnings"]) == ("answered", "extractive", [warning])
            assert f"Warnings  {warning}" in there.ok("ask", QUESTION).stdout
