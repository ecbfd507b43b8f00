import json
from datetime import date

import pytest

from averment.cli import ask
from averment.cli.main import main
from averment.core.errors import AuditWriteFailed
from averment.core.oversight import Standing
from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend
from tests.cli.double import use_runtime


class DoubleRuntime(DoubleBackend):
    """A backend with settings, as commands find it."""

    settings = Settings(purpose="review")


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> DoubleRuntime:
    return use_runtime(ask, DoubleRuntime(), monkeypatch=monkeypatch)


def test_an_answer_is_one_object_and_its_steps_are_on_stderr(
    runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["ask", "What is the term?", "--filter", "kind=contract", "--as", "legal", "--answer-type", "label",
                 "--labels", "yes, no", "--after", "0198", "--as-of", "2024-05-31", "--json"]  # fmt: skip
    assert main(arguments) == 0
    written = capsys.readouterr()
    assert json.loads(written.out)["receipt"]["index"] == 4
    assert "1 query" in written.err
    (request,) = runtime.requests
    assert (request.filters.kind, request.principal.groups) == (("contract",), ("legal",))
    assert (request.answer_type, request.labels) == ("label", ("yes", "no"))
    assert (request.purpose, request.channel, request.after) == ("review", "cli", "0198")
    assert request.as_of == date(2024, 5, 31)


def test_an_answer_that_could_not_be_logged_is_not_shown(
    runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.error_after_step = AuditWriteFailed("disk full")
    assert main(["ask", "What is the term?"]) == 3
    written = capsys.readouterr()
    assert written.out == ""
    assert "AUD002" in written.err


def test_a_follow_up_says_that_the_earlier_answer_was_rejected(
    runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.standings["0198"] = Standing(
        answer_id="0198", state="reject", reason="figure", decided_at="t", correction=None, entry=4
    )
    assert main(["ask", "And of the lease?", "--after", "0198"]) == 0
    assert "answer 0198 was REJECTED by review" in capsys.readouterr().err
    assert main(["ask", "And of the lease?", "--after", "0198", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["after_review"]["state"] == "reject"
    assert main(["ask", "And of the lease?", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["after_review"] is None


def test_passages_are_listed_best_first(runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "governing law"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("1. 0.900  a.pdf, page 1")
    assert main(["search", "x", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert len(written["passages"]) == 1
    assert written["interpretation"]["want"] == "one"
    assert main(["search", "x", "--json", "--ignore", "documents", "--ignore", "topic:term"]) == 0
    assert json.loads(capsys.readouterr().out)["interpretation"]["ignored"] == ["documents", "topic:term"]
    assert main(["search", " "]) == 2
    first = runtime.searches[0]
    assert (first.query, first.purpose, first.channel) == ("governing law", "review", "cli")


def test_passages_of_a_search_that_could_not_be_logged_are_not_shown(
    runtime: DoubleRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.error = AuditWriteFailed("disk full")
    assert main(["search", "governing law", "--purpose", "audit"]) == 3
    assert capsys.readouterr().out == ""
    assert runtime.searches[0].purpose == "audit"
