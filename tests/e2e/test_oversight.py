"""Oversight from the command line: what a reviewer does and what an asker then sees, and a stop over a restart."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.installation import Installation
from tests.e2e.overseeing import review, reviewed
from tests.e2e.serving import serving
from tests.e2e.test_service import QUESTION, make_corpus

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("overseen")).root


@pytest.fixture
def installation(corpus: Path, tmp_path: Path) -> Installation:
    return reviewed(Installation(shutil.copytree(corpus, tmp_path / "copy")))


def test_a_rejected_answer_says_so_where_it_is_used_again(installation: Installation) -> None:
    answer = installation.ok("ask", QUESTION, "--json").json()["id"]
    assert review(installation, "reject")["answer_id"] == answer
    again = installation.ok("ask", "And of the lease?", "--after", answer)
    assert f"answer {answer} was REJECTED by review" in again.stderr
    assert installation.ok("ask", "And of the lease?", "--after", answer, "--json").json()["after_review"]["state"] == (
        "reject"
    )
    made = installation.ok("oversight", "report", "--json").json()
    assert (made["decisions"]["reject"], made["n_open"]) == (1, 2)


def test_a_stop_refuses_questions_of_all_processes_and_outlives_them(installation: Installation) -> None:
    with serving(installation) as served, served.client() as client:
        installation.ok("oversight", "stop", "--reason", "wrong-figures")
        refused = client.post("/v1/analyses", json={"question": QUESTION})
        assert (refused.status_code, refused.json()["code"]) == (503, "POL005")
        served.stop()
    stopped = installation.run("ask", QUESTION, "--json")
    assert (stopped.code, stopped.json()["code"]) == (3, "POL005")
    assert "averment oversight resume" in stopped.json()["hint"]
    assert installation.run("oversight", "stop", "--reason", "Mr Smith").code == 2
    installation.ok("oversight", "resume", "--reason", "mended")
    installation.ok("ask", QUESTION)


def test_an_incident_holds_the_system_until_the_authority_is_informed(installation: Installation) -> None:
    case = installation.ok("incident", "open", "--reason", "wrong-figures", "--role", "provider", "--json").json()["id"]
    installation.ok("ask", QUESTION)
    blocked = installation.run("reindex", "--json")
    assert (blocked.code, blocked.json()["code"]) == (3, "POL006")
    installation.ok("index", "list")
    installation.ok("incident", "notify", case, "--to", "authority")
    assert "authority: informed" in installation.ok("incident", "show", case).stdout
