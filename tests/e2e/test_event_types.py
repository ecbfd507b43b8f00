"""Every kind of event that is declared is written by a command that is really run, and by none with text in it."""

import getpass
import json
from dataclasses import replace
from pathlib import Path

import pytest

from averment.compliance.purposes.store import PurposeStore
from averment.core.audit import EventType
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.profiles import load_profile
from tests.compliance.purposes.records import answered
from tests.e2e.installation import Installation
from tests.e2e.overseeing import go_through_an_incident, reviewed
from tests.e2e.serving import serving
from tests.e2e.test_service import QUESTION, make_corpus

pytestmark = pytest.mark.slow
# Marks need a model that writes, `tests/compliance/test_recording.py` finds theirs in a real log; training takes a
# minute, `tests/cli/test_train.py` finds these in the log of a real one. Pruning and monitoring take months and a new
# shard a new year; `tests/compliance/test_pruning.py`, `tests/cli/test_monitor.py` and `test_yearly_shards.py` put the
# clock forward. `tests/cli/test_evaluation_log.py` and `tests/cli/test_report.py` find those of evaluations.
# Sign-ins and refusals are in `tests/service/test_refusals.py`, searches for a person in `tests/service/routers/
# test_audit.py`.
# Feedback is given to the service alone: `tests/service/test_answer_desk.py` finds its entry.
ELSEWHERE = [
    "access.refused",
    "access.searched",
    "access.signed-in",
    "eval.run",
    "eval.signed",
    "eval.thresholds",
    "feedback.given",
    "log.continued",
    "mark.applied",
    "metric.window",
    "model.admitted",
    "model.trained",
    "retention.pruned",
    "risk.closed",
    "risk.registered",
    "risk.treated",
    "threshold.breached",
]


def leaves(installation: Installation) -> list[dict[str, object]]:
    installation.ok("audit", "verify")
    found = installation.ok("audit", "show", "--json").json()["entries"]
    assert isinstance(found, list)
    return found


def unseen(entries: list[dict[str, object]]) -> list[str]:
    """Return the declared types that no entry has."""
    return sorted({str(kind) for kind in EventType} - {str(entry["type"]) for entry in entries})


def test_no_declared_event_type_is_left_out(tmp_path: Path, repo: Path) -> None:
    installation = make_corpus(tmp_path)
    (tmp_path / "documents" / "torn.pdf").write_bytes(b"%PDF-1.7\nnothing")
    assert installation.run("ingest", "documents").code == 1
    installation.ok("documents", "remove", "lease.txt")
    installation.ok("search", "governing law")
    refused = installation.ok("ask", "Rank the candidates by their CVs.", "--json").json()
    assert refused["status"] == "refused"
    _sign_and_retire_a_purpose(installation)
    _ask_with_a_model(installation)
    installation.ok("audit", "export", "--out", str(tmp_path / "log.jsonl"))
    installation.ok("report", "explanation", "--about", refused["id"], "--out", str(tmp_path / "explanation.html"))
    old = installation.ok("keys", "list", "--json").json()["keys"][0]["id"]
    installation.ok("keys", "rotate")
    installation.ok("keys", "revoke", old)
    installation.ok("access", "revoke", "--subject", "eve")
    _fail_while_serving(installation)
    _release_relabel_and_reindex(installation, scan=repo / "examples" / "documents" / "warehouse-lease-scan.pdf")
    _hold_and_erase(installation)
    _oversee(reviewed(installation))
    entries = leaves(installation)
    assert unseen(entries) == ELSEWHERE
    text = json.dumps(entries)
    assert not [
        word for word in ("governing law", "Norway", "lease.txt", "torn.pdf", "Halden", QUESTION) if word in text
    ]


def _hold_and_erase(installation: Installation) -> None:
    user = getpass.getuser()
    hold = installation.ok("hold", "set", "subject", user, "--ground", "gdpr-17-3-e", "--json").json()["hold_id"]
    assert installation.run("forget", user, "--json").json()["code"] == "POL010"
    installation.ok("hold", "release", hold)
    named = ("--name", "Halden Tools Ltd")
    installation.ok("forget", "p-1", *named, "--documents", "keep:gdpr-17-3-b")
    installation.ok("forget", "p-1", *named, "--documents", "mask")
    installation.ok("forget", user)


def _sign_and_retire_a_purpose(installation: Installation) -> None:
    PurposeStore(installation.root / ".averment" / "purposes").write(answered("review"))
    key = str(installation.root / "jane.key")
    installation.ok("purpose", "signer", "jane", "--key", key)
    installation.ok("purpose", "sign", "review", "--key", key)
    assert installation.ok("ask", QUESTION, "--purpose", "review", "--json").json()["mode"] == "assessed"
    installation.ok("purpose", "retire", "review")


def _oversee(installation: Installation) -> None:
    installation.ok("ask", QUESTION, "--as", "legal")
    waiting = installation.ok("oversight", "list", "--json").json()["reviews"]
    installation.ok("oversight", "take", waiting[0]["id"], "--as", "legal")
    installation.ok("oversight", "decide", waiting[0]["id"], "accept", "--reason", "confirmed")
    installation.ok("oversight", "stop", "--reason", "drift")
    installation.ok("oversight", "resume", "--reason", "mended")
    go_through_an_incident(installation)


def _release_relabel_and_reindex(installation: Installation, *, scan: Path) -> None:
    (installation.root / "documents" / "torn.pdf").unlink()
    (installation.root / "documents" / "scan.pdf").write_bytes(scan.read_bytes())
    strict = replace(installation, extra={"AVERMENT_PARSING__MIN_OCR_CONFIDENCE": "1.0"})
    assert strict.run("ingest", "documents").code == 1
    assert strict.ok("documents", "release", "scan.pdf", "--reason", "read by Norway", "--json").json()["changed"] == 1
    settings = installation.root / "averment.yaml"
    source = "sources:\n- name: filesystem\n  path: documents\n  readers: [legal]\n"
    settings.write_text(settings.read_text(encoding="utf-8") + source, encoding="utf-8")
    relabelled = installation.ok("ingest", "filesystem", "--json").json()
    assert (relabelled["changed"], relabelled["n_chunks_embedded"]) == (3, 0)
    assert installation.ok("search", "governing law", "--json").json()["passages"] == []
    assert installation.ok("search", "governing law", "--as", "legal", "--json").json()["passages"]
    assert installation.ok("reindex", "--json").json()["status"] == "switched"


def _ask_with_a_model(installation: Installation) -> None:
    name = load_profile("smollm2-135m").served_name
    with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=(name,), version="0.32.0") as endpoint:
        variables = {"AVERMENT_MODEL__ENABLED": "true", "AVERMENT_MODEL__ENDPOINT": endpoint.base_url}
        with_model = replace(installation, extra=variables)
        with_model.ok("ask", QUESTION)
        answer = with_model.ok("ask", QUESTION, "--json").json()
        with_model.ok("replay", answer["id"])
    found = [entry["data"] for entry in leaves(installation) if entry["type"] == EventType.MODEL_LOADED]
    loaded = [(data["role"], data.get("engine_version")) for data in found if isinstance(data, dict)]
    assert loaded == [("embedder", None), ("language", "0.32.0")], "each once for all commands"


def _fail_while_serving(installation: Installation) -> None:
    blobs = installation.root / ".averment" / "blobs"
    with serving(installation) as served:
        blobs.rename(blobs.with_name("blobs-away"))
        with served.client() as client:
            failed = client.post("/v1/search", json={"query": "governing law"})
            asked = client.post(
                "/v1/chat/completions",
                json={"model": "averment", "messages": [{"role": "user", "content": QUESTION}]},
            )
        assert (failed.status_code, failed.json()["code"]) == (500, "STO001")
        assert asked.status_code == 500
        code, _ = served.stop()
        assert code == 0
    blobs.with_name("blobs-away").rename(blobs)
    errors = [entry["data"] for entry in leaves(installation) if entry["type"] == EventType.ERROR]
    assert [(data["code"], data["stage"]) for data in errors if isinstance(data, dict)] == [("STO001", "v1.search")]
