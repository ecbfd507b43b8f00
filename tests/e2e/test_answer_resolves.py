"""Every identity and digest that the record has of an answer leads to something that exists (R10).

Every answer of a run with a language model behind an endpoint is looked at; what may be null says why.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

import pytest
import yaml

from averment.compliance.answer_record import place_digest
from averment.core.answers import Citation
from averment.core.ids import sha256_id
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning.prompts import PromptName, template_source
from tests.e2e.installation import Installation
from tests.e2e.test_service import QUESTION, make_corpus

pytestmark = pytest.mark.slow
PROFILE: Final = load_profile("smollm2-135m").model_copy(update={"trusted_for": ("write",)})
STATED: Final = '{"statement": "The laws of Norway govern the lease.", "labels": ["S1"]}'
QUESTIONS: Final = (QUESTION, "Which law governs the lease?")
# What a record may leave open, with its reason.
OPEN: Final = {
    "weights_digest": "an endpoint does not show its weights; `averment model serve` digests them",
    "arguments_digest": "an endpoint does not show what it was started with",
    "adapter": "no adapter answers",
    "adapter_digest": "no adapter answers",
    "assessment_digest": "a trial has no signed assessment",
    "classification": "a trial has no signed assessment",
    "answer_type": "none was asked for",
    "value_type": "the answer has no value",
    "escalation": "no larger model was asked",
    "confidence_ppm": "nothing was found that could be certain",
    "threshold_ppm": "nothing was found that could be certain",
    "cached_tokens": "the endpoint does not tell them",
    "pages": "plain text has no pages",
}


@dataclass(frozen=True)
class Run:
    """What a run left: its answers as they were printed, and the log."""

    installation: Installation
    answers: list[dict[str, Any]]
    entries: list[dict[str, Any]]

    def data(self, kind: str, **facts: object) -> list[dict[str, Any]]:
        """Return the data of entries of a kind that have these facts, in order."""
        found = [entry["data"] for entry in self.entries if entry["type"] == kind]
        return [data for data in found if facts.items() <= data.items()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    installation = make_corpus(tmp_path_factory.mktemp("resolving"))
    profile = installation.root / "profile.yaml"
    profile.write_text(yaml.safe_dump(PROFILE.model_dump(mode="json")), encoding="utf-8")
    reply = ScriptedReply(text=STATED, model=PROFILE.served_name)
    with ModelEndpoint(replies=[reply], served=(PROFILE.served_name,), version="0.32.0") as endpoint:
        variables = {
            "AVERMENT_MODEL__ENABLED": "true",
            "AVERMENT_MODEL__PROFILE": str(profile),
            "AVERMENT_MODEL__ENDPOINT": endpoint.base_url,
        }
        asking = replace(installation, extra=variables)
        answers = [asking.ok("ask", question, "--json").json() for question in QUESTIONS]
    return Run(installation, answers, installation.ok("audit", "show", "--json").json()["entries"])


@pytest.fixture(scope="module", params=range(len(QUESTIONS)))
def answer(run: Run, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return one of the answers."""
    found: dict[str, Any] = run.answers[request.param]
    return found


def test_nothing_is_null_without_a_reason(run: Run, answer: dict[str, Any]) -> None:
    (started,) = run.data("analysis.started", answer_id=answer["id"])
    (completed,) = run.data("analysis.completed", answer_id=answer["id"])
    recorded = [started, completed, *completed["model_calls"], *run.data("model.loaded")]
    recorded += run.data("ingest.document.parsed")
    empty = {name for data in recorded for name, value in data.items() if value in (None, "")}
    assert empty <= set(OPEN)
    assert any(data["model_calls"] for data in run.data("analysis.completed")), "the model was asked"


def test_model_profile_engine_and_encoders_are_those_of_the_run(run: Run, answer: dict[str, Any]) -> None:
    (started,) = run.data("analysis.started", answer_id=answer["id"])
    (loaded,) = run.data("model.loaded", role="language")
    profile = PROFILE
    assert (loaded["model"], loaded["revision"], loaded["profile_digest"]) == (
        profile.served_name, profile.revision, profile.digest,
    )  # fmt: skip
    assert (loaded["engine"], loaded["engine_version"]) == ("vllm", "0.32.0")
    assert (started["model"], started["model_revision"]) == (loaded["model"], loaded["revision"])
    assert started["profile_digest"] == loaded["profile_digest"]
    (embedder,) = run.data("model.loaded", role="embedder")
    assert embedder["model"] == SentenceTransformerEmbedder().model_id


def test_every_call_has_a_template_that_exists_and_the_parameters_of_its_profile(
    run: Run, answer: dict[str, Any]
) -> None:
    (completed,) = run.data("analysis.completed", answer_id=answer["id"])
    templates = {sha256_id(template_source(name).encode()) for name in get_args(PromptName)}
    calls = [step["model_call"] for step in answer["steps"] if step["model_call"]]
    assert len(calls) == completed["n_model_calls"] == len(completed["model_calls"])
    for call, told in zip(completed["model_calls"], calls, strict=True):
        assert call["template"] in templates
        assert (call["model"], call["revision"]) == (PROFILE.served_name, PROFILE.revision)
        assert {each["name"] for each in call["parameters"]} >= {"temperature"}
        assert (call["seed"], isinstance(call["seed"], int)) == (told["seed"], True)
        assert call["prompt"].startswith("hmac-sha256:")
        assert call["output"].startswith("hmac-sha256:")


def test_index_and_passages_are_there_and_citations_are_in_the_texts(run: Run, answer: dict[str, Any]) -> None:
    (completed,) = run.data("analysis.completed", answer_id=answer["id"])
    read = run.data("ingest.document.parsed")
    assert {data["pipeline_version"] for data in read} == {completed["index_version"]}
    indexed = run.installation.ok("search", "lease supply law notice", "--top-k", "50", "--json").json()["passages"]
    assert completed["passages"]
    assert set(completed["passages"]) <= {passage["chunk_id"] for passage in indexed}
    claims = [sentence["claim"] for sentence in answer["sentences"] if sentence["claim"]]
    cited = [Citation(**{**found, "boxes": ()}) for claim in claims for found in claim["citations"]]
    assert {place_digest(citation) for citation in cited} >= {each["place"] for each in completed["citations"]}
    for citation in cited:
        document = next(data for data in read if data["document_id"] == citation.document_id)
        assert document["text_hash"] == citation.text_hash
        kept = run.installation.ok("text", citation.document_id, "--text-hash", citation.text_hash, "--json").json()
        assert hashlib.sha256(kept["text"].encode()).hexdigest() == citation.text_hash.partition(":")[2]
        assert kept["text"][citation.start : citation.end] == citation.quote


def test_the_answer_stands_in_the_record_as_it_was_released(run: Run, answer: dict[str, Any]) -> None:
    (completed,) = run.data("analysis.completed", answer_id=answer["id"])
    assert (completed["pipeline_hash"], completed["index_version"]) == (
        answer["pipeline_hash"],
        answer["index_version"],
    )
    replayed = run.installation.run("replay", answer["id"], "--json")
    assert json.loads(replayed.stdout)["answer_id"] == answer["id"], "its texts open under the key of who asked"
