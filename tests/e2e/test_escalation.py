"""Two endpoints and a policy between them: what the second is asked, what never reaches it, what is recorded."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.profiles import load_profile
from tests.e2e.installation import Installation, make_installation

pytestmark = pytest.mark.slow

LEASE = """LEASE AGREEMENT

1. PARTIES. This Lease is made between Fjordvik Properties AS and Halden Tools Ltd.

2. GOVERNING LAW. This Lease is governed by the laws of Norway.
"""
MERGER = """MERGER AGREEMENT

1. PARTIES. This Agreement is made between Quokka Holdings plc and Zebrafink Mining Ltd.

2. GOVERNING LAW. This Agreement is governed by the laws of Botswana.
"""
MADE_UP = '{"statement": "The laws of Peru govern since April 1, 2019.", "labels": ["S1"]}'
STATED = '{"statement": "The laws of Norway govern.", "labels": ["S1"]}'
PROFILE = load_profile("smollm2-135m").model_copy(update={"trusted_for": ("write",)})
SMALL, LARGE = PROFILE.served_name, "larger"
LEASE_LAW = ("ask", "Which law governs the lease?", "--filter", "file_name=lease.txt", "--json")
MERGER_LAW = ("ask", "Which law governs the merger agreement?", "--filter", "file_name=merger.txt", "--json")


@dataclass
class Two:
    """An installation, and both endpoints behind it."""

    installation: Installation
    small: ModelEndpoint
    large: ModelEndpoint
    settings: dict[str, Any] = field(default_factory=dict)

    def ask(self, *arguments: str, **escalation: object) -> dict[str, Any]:
        """Ask with a policy; return the answer."""
        policy = {
            "endpoint": self.large.base_url, "profile": str(self.installation.root / "profile.yaml"),
            "served_name": LARGE, "external": True, "purposes": ["trial"], "highest_classification": "internal",
            "share": 1.0, **escalation,
        }  # fmt: skip
        written = {**self.settings, "model": {"escalation": policy}}
        (self.installation.root / "averment.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
        return self.installation.ok(*arguments).json()

    @property
    def received(self) -> str:
        """Return everything that the second endpoint was ever sent."""
        return json.dumps([seen.body for seen in self.large.requests])


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    made = make_installation(tmp_path_factory.mktemp("escalation"))
    for folder, name, text in (("open", "lease.txt", LEASE), ("vault", "merger.txt", MERGER)):
        (made.root / folder).mkdir()
        (made.root / folder / name).write_text(text, encoding="utf-8")
    (made.root / "profile.yaml").write_text(yaml.safe_dump(PROFILE.model_dump(mode="json")), encoding="utf-8")
    settings = yaml.safe_load((made.root / "averment.yaml").read_text(encoding="utf-8"))
    settings["sources"] = [
        {"name": "open", "path": "open", "classification": "internal"},
        {"name": "vault", "path": "vault", "classification": "confidential"},
    ]
    (made.root / "averment.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    made.ok("ingest", "open", "vault")
    with (
        ModelEndpoint(replies=[ScriptedReply(text=MADE_UP, model=SMALL)], served=(SMALL,)) as small,
        ModelEndpoint(replies=[ScriptedReply(text=STATED, model=LARGE)], served=(LARGE,)) as large,
    ):
        variables = {
            "AVERMENT_MODEL__ENABLED": "true",
            "AVERMENT_MODEL__PROFILE": str(made.root / "profile.yaml"),
            "AVERMENT_MODEL__ENDPOINT": small.base_url,
        }
        yield Two(Installation(made.root, extra=variables), small, large, settings)


@pytest.fixture(autouse=True)
def counted_anew(two: Two) -> None:
    (two.installation.root / ".averment" / "escalations.sqlite").unlink(missing_ok=True)


def test_a_hard_question_is_answered_by_the_second_model_and_recorded(two: Two) -> None:
    answer = two.ask(*LEASE_LAW)
    assert "The laws of Norway govern." in answer["text"]
    assert answer["warnings"] == []
    found = answer["escalation"]
    assert (found["reason"], found["outcome"], found["model"]) == ("withheld", "used", LARGE)
    models = [step["model_call"]["model"] for step in answer["steps"] if step["model_call"]]
    assert models == [SMALL, SMALL, LARGE]
    assert answer["usage"]["model_calls"] == 3
    leaf = json.loads(answer["receipt"]["entry"])["data"]
    assert leaf["escalation"] == {
        "reason": "withheld", "outcome": "used", "code": None, "model": LARGE, "revision": PROFILE.revision,
        "external": True, "model_calls": 1, "prompt_tokens": 11, "completion_tokens": 5,
    }  # fmt: skip
    assert two.installation.ok("audit", "verify", "--json").json()["ok"]


def test_nothing_of_a_confidential_document_reaches_the_second_endpoint(two: Two) -> None:
    both = ("ask", "Which law governs the lease, and which the merger agreement?", "--json")
    for answer in (two.ask(*MERGER_LAW), two.ask(*both)):
        assert (answer["escalation"]["outcome"], answer["escalation"]["code"]) == ("refused", "classification_too_high")
        assert answer["steps"][-1]["summary"].startswith("Nothing was sent to the second model.")
        assert (answer["status"], answer["warnings"]) == ("answered", ["statement_withheld"])
    assert "Quokka" not in two.received
    assert "Botswana" not in two.received
    assert "merger" not in two.received.casefold()
    assert "Botswana" in json.dumps([seen.body for seen in two.small.requests]), "the first model is in-house"


def test_no_more_than_the_share_of_questions_is_escalated(two: Two) -> None:
    outcomes = [two.ask(*LEASE_LAW, share=0.5)["escalation"] for _ in range(3)]
    assert [(one["outcome"], one["code"]) for one in outcomes] == [
        ("refused", "share_spent"),
        ("used", None),
        ("refused", "share_spent"),
    ]


def test_a_purpose_that_is_not_named_stays_and_an_endpoint_that_is_down_leaves_the_first_answer(two: Two) -> None:
    asked = len(two.large.requests)
    answer = two.ask(*LEASE_LAW, purposes=["review"])
    assert (answer["escalation"]["code"], len(two.large.requests)) == ("purpose_not_allowed", asked)
    down = two.ask(*LEASE_LAW, endpoint="http://127.0.0.1:9/v1")
    assert (down["escalation"]["outcome"], down["escalation"]["code"]) == ("unused", "model_unavailable")
    assert down["steps"][-1]["summary"] == "The first answer stands: model_unavailable."
    for one in (answer, down):
        assert (one["status"], one["method"], one["warnings"]) == ("answered", "extractive", ["statement_withheld"])
        assert "laws of Norway" in one["text"]


def test_settings_that_leave_something_unsaid_are_refused(two: Two, tmp_path: Path) -> None:
    two.ask(*LEASE_LAW)
    path = two.installation.root / "averment.yaml"
    shown = two.installation.ok("config", "show").stdout
    assert "model.escalation.highest_classification" in shown
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    del written["model"]["escalation"]["external"]
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    refused = two.installation.run("ask", "Which law governs the lease?")
    assert refused.code == 2
    assert "model.escalation.external" in refused.stderr
