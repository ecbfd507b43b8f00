"""Documents in a folder become answers with exact places and a log that verifies, through the command line."""

import itertools
import shutil
from pathlib import Path

import pytest

from tests.e2e.installation import Installation, make_installation

pytestmark = pytest.mark.slow
CONTRACT = "master-services-agreement.pdf"
FILING = "quarterly-report-2026q2.pdf"


@pytest.fixture(scope="module")
def installation(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Ingest a contract, its near-duplicate and a filing."""
    root = tmp_path_factory.mktemp("main_job")
    documents = root / "documents"
    documents.mkdir()
    for name in (CONTRACT, "amendment-no-1-to-master-services-agreement.pdf", FILING):
        shutil.copy(repo / "examples" / "documents" / name, documents)
    installation = make_installation(root)
    report = installation.ok("ingest", "documents", "--json").json()
    assert (report["status"], report["added"]) == ("ok", 3)
    assert report["n_chunks_embedded"] > 100
    return installation


def test_a_second_run_embeds_nothing(installation: Installation) -> None:
    report = installation.ok("ingest", "documents", "--json").json()
    assert (report["unchanged"], report["added"], report["changed"], report["n_chunks_embedded"]) == (3, 0, 0, 0)


def test_pages_cover_the_text_without_gap_or_overlap(installation: Installation) -> None:
    found = installation.ok("text", CONTRACT, "--json").json()
    pages = found["pages"]
    assert [page["page"] for page in pages] == list(range(1, 25))
    assert pages[0]["start"] == 0
    assert pages[-1]["end"] == len(found["text"])
    assert all(one["end"] == two["start"] for one, two in itertools.pairwise(pages))


def test_passages_are_cut_from_the_text_and_do_not_overlap(installation: Installation) -> None:
    passages = installation.ok("search", "limitation of liability", "--json").json()["passages"]
    assert passages
    texts = {}
    for passage in passages:
        identity = passage["document_id"]
        if identity not in texts:
            texts[identity] = installation.ok("text", identity, "--json").json()["text"]
        assert passage["text"] == texts[identity][passage["start"] : passage["end"]]
    spans = sorted((item["document_id"], item["start"], item["end"]) for item in passages)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(spans))


def test_groups_without_access_find_nothing(installation: Installation) -> None:
    assert installation.ok("search", "liability", "--as", "strangers", "--json").json()["passages"] == []
    answer = installation.ok("ask", "What is the liability cap?", "--as", "strangers", "--json").json()
    assert answer["status"] == "abstained"
    assert answer["coverage"]["documents_in_scope"] == 0


def test_an_answer_quotes_an_exact_place_and_its_receipt_verifies_alone(installation: Installation) -> None:
    question = "How long do the confidentiality obligations continue after the agreement ends?"
    result = installation.ok("ask", question, "--filter", f"file_name={CONTRACT}", "--json")
    answer = result.json()
    assert answer["status"] == "answered"
    citations = [item for claim in answer["claims"] for item in claim["citations"]]
    text = installation.ok("text", CONTRACT, "--json").json()["text"]
    assert citations
    for citation in citations:
        assert citation["quote"] == text[citation["start"] : citation["end"]]
        assert citation["page"]
        assert all(box["page"] for box in citation["boxes"])
    receipt = installation.root / "answer.json"
    receipt.write_text(result.stdout)
    policy = str(installation.evidence / "policy.tlog-policy")
    assert verify_alone(installation, receipt, policy) == 0
    receipt.write_text(result.stdout.replace('"status": "answered"', '"status": "abstained"'))
    assert verify_alone(installation, receipt, policy) == 4


def test_a_replay_on_the_same_stack_is_the_same_to_the_last_digit(installation: Installation) -> None:
    questions = (
        ("How long do the confidentiality obligations continue after the agreement ends?", f"file_name={CONTRACT}"),
        (
            "By what percentage did Marrowgate's research and development expense grow from the three months ended "
            "June 30, 2025 to the three months ended June 30, 2026?",
            f"file_name={FILING}",
        ),
        ("How many people did Marrowgate Instruments employ on June 30, 2026?", "kind=filing"),
        ("Which contracts can be terminated for convenience?", "kind=contract"),
    )
    for question, chosen in questions:
        answer = installation.ok("ask", question, "--filter", chosen, "--json").json()
        found = installation.ok("replay", answer["id"], "--json").json()
        assert {step["verdict"] for step in found["steps"]} == {"same"}
        assert len(found["steps"]) == len(answer["steps"])
        assert found["same_evidence"]
        assert found["same_calculations"]
        assert found["same_sentences"]
    assert installation.run("replay", "no-such-answer", "--json").code == 2


def test_a_replay_says_which_step_a_lost_document_changes(installation: Installation) -> None:
    copy = Installation(shutil.copytree(installation.root, installation.root.with_name("replayed")))
    question = "How long do the confidentiality obligations continue after the agreement ends?"
    answer = copy.ok("ask", question, "--filter", "kind=contract", "--json").json()
    copy.ok("documents", "remove", CONTRACT)
    result = copy.run("replay", answer["id"], "--json")
    assert result.code == 4
    found = result.json()
    assert found["verdict"] == "retrieval_drift"
    assert not found["same_evidence"]


def test_a_question_follows_an_answer(installation: Installation) -> None:
    first = installation.ok(
        "ask", "How long do the confidentiality obligations continue after the Master Services Agreement between "
        "Brackwater Retail Group and Velmere Data Services ends?", "--json"
    ).json()  # fmt: skip
    answer = installation.ok("ask", "And which law governs it?", "--after", first["id"], "--json").json()
    assert answer["asked_as"].startswith("Regarding Master Services Agreement")
    assert answer["asked_as"].endswith("which law governs it?")
    assert answer["status"] == "answered"
    cited = {item["document_id"] for claim in answer["claims"] for item in claim["citations"]}
    assert cited <= {item["document_id"] for claim in first["claims"] for item in claim["citations"]}
    assert installation.run("ask", "And which law governs it?", "--after", "no-such-answer").code == 2
    entries = installation.ok("audit", "show", "--type", "access.read", "--json").json()["entries"]
    assert {entry["data"]["reason"] for entry in entries} >= {"follow-up", "replay"}


def test_the_log_verifies_and_a_flipped_byte_is_found(installation: Installation) -> None:
    installation.ok("audit", "verify")
    copy = installation.root / "copy"
    shutil.copytree(installation.evidence, copy / ".averment" / "evidence")
    bundle = sorted((copy / ".averment" / "evidence" / "log" / "tile" / "entries").rglob("*.p/*"))[-1]
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(bytes(content))
    broken = Installation(copy)
    (copy / "averment.yaml").write_text("data_dir: .averment\n")
    result = broken.run("audit", "verify", "--json")
    assert result.code == 4
    assert result.json()["failures"]
    assert verify_alone(broken, broken.evidence, str(installation.evidence / "policy.tlog-policy")) == 4


def test_a_bundle_verifies_without_the_installation(installation: Installation, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    installation.ok("audit", "export", "--out", str(bundle))
    assert verify_alone(installation, bundle, str(installation.evidence / "policy.tlog-policy")) == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ask", " "), 2),
        (("search", "x", "--filter", "colour=red"), 2),
        (("search", "x", "--filter", "date_from=soon"), 2),
        (("ingest", "nowhere"), 3),
        (("text", "no-such-document"), 1),
        (("audit", "export", "--out", "x.pdf"), 2),
    ],
)
def test_errors_are_problem_documents_with_documented_exit_codes(
    installation: Installation, arguments: tuple[str, ...], code: int
) -> None:
    result = installation.run(*arguments, "--json")
    assert result.code == code, result.stderr
    assert result.json()["code"]
    assert result.json()["detail"]


def verify_alone(installation: Installation, what: Path, policy: str) -> int:
    """Run the stand-alone verifier isolated from every installed package path but its own file."""
    import subprocess
    import sys

    from averment.compliance import averment_verify

    command = [sys.executable, "-I", averment_verify.__file__, str(what), "--policy", policy]
    return subprocess.run(command, capture_output=True, check=False, cwd=installation.root).returncode
