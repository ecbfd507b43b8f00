"""A person is erased from the sample documents and from the record: no byte names them, every other proof holds."""

import getpass
import json
import shutil
from pathlib import Path

import pytest

from averment.compliance import averment_verify
from averment.core.erasure import MASK
from tests.e2e.installation import Installation, Result, make_installation

pytestmark = pytest.mark.slow
NAME = "Caspian R. Holloway-Nesh"
QUESTION = f"Who is {NAME}?"
AMENDMENT, LICENCE = "amendment-no-1-to-master-services-agreement.pdf", "software-licence-agreement.docx"
OTHER = "Which law governs the licence?"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Installation:
    root = tmp_path_factory.mktemp("forget")
    (root / "documents").mkdir()
    for name in (AMENDMENT, LICENCE):
        shutil.copy(repo / "examples" / "documents" / name, root / "documents")
    made = make_installation(root)
    assert made.ok("ingest", "documents", "--json").json()["added"] == 2
    return made


def naming(installation: Installation, *words: str) -> list[str]:
    """Return the files of the data directory that hold any of the words."""
    root = installation.root / ".averment"
    files = [path for path in root.rglob("*") if path.is_file()]
    return [
        str(path.relative_to(root))
        for path in files
        if any(word.lower().encode() in path.read_bytes().lower() for word in words)
    ]


def test_after_forgetting_nothing_names_the_person_and_every_proof_holds(installation: Installation) -> None:
    answer = installation.ok("ask", QUESTION, "--json").json()
    other = installation.ok("ask", OTHER, "--json").json()
    installation.ok("search", NAME)
    for folder in ("prefect", "model"):
        (installation.root / ".averment" / folder).mkdir(exist_ok=True)
        (installation.root / ".averment" / folder / "run.log").write_text(f"parameters: {NAME}", encoding="utf-8")
    assert naming(installation, "holloway"), "the search finds what is there"
    checkpoint = installation.root / "escrow"
    shutil.copy(installation.evidence / "log" / "checkpoint", checkpoint)
    chosen = ("--document", f"{AMENDMENT}=remove", "--document", f"{LICENCE}=mask")
    done = installation.ok("forget", "p-17", "--name", NAME, *chosen, "--json").json()["certificate"]
    assert (done["documents_removed"], done["documents_masked"], done["search"]["remaining"]) == (1, 1, [])
    assert done["payloads_in_part"] >= 2
    assert naming(installation, "holloway", "caspian") == []
    verified = installation.ok("audit", "verify", "--checkpoint", str(checkpoint), "--json").json()
    assert verified["failures"] == []
    receipt = installation.root / "receipt.json"
    receipt.write_text(json.dumps(other), encoding="utf-8")
    policy = str(installation.evidence / "policy.tlog-policy")
    assert averment_verify.main([str(receipt), "--policy", policy]) == 0
    assert averment_verify.main([str(installation.evidence), "--policy", policy]) == 0
    assert MASK in installation.ok("text", LICENCE).stdout
    assert installation.ok("documents", "check").code == 0
    gone = installation.run("replay", answer["id"], "--json")
    assert (gone.code, gone.json()["code"]) == (1, "STO001")
    assert {store["name"] for store in done["reached"]} >= {
        "catalog",
        "index",
        "payloads",
        "orchestration",
        "model-server",
    }
    assert not any((installation.root / ".averment" / folder / "run.log").exists() for folder in ("prefect", "model"))


def test_a_principals_questions_and_key_go_and_those_of_others_stay(installation: Installation) -> None:
    asked = installation.ok("ask", OTHER, "--json").json()
    who = getpass.getuser()
    assert installation.ok("forget", who, "--dry-run", "--json").json()["n_payloads"] > 0
    refused = _held(installation, who)
    assert (refused.code, refused.json()["code"]) == (1, "POL010")
    done = installation.ok("forget", who, "--json").json()["certificate"]
    assert done["payloads"] > 0
    assert installation.run("replay", asked["id"], "--json").json()["code"] == "STO001"
    report = installation.ok("audit", "verify", "--json").json()
    assert report["failures"] == []
    assert report["payloads_absent"] >= done["payloads"]


def _held(installation: Installation, who: str) -> Result:
    hold = installation.ok("hold", "set", "subject", who, "--ground", "gdpr-17-3-e", "--json").json()
    refused = installation.run("forget", who, "--json")
    installation.ok("hold", "release", hold["hold_id"])
    return refused
