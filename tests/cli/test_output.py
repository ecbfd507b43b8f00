import json

import pytest

from averment.cli import output
from averment.core.errors import ModelUnavailable, UsageError
from tests.e2e.installation import Installation


@pytest.mark.parametrize(
    ("arguments", "member"),
    [
        (("init",), "made"),
        (("config", "show"), "settings"),
        (("documents", "list"), "documents"),
        (("documents", "check"), "expected"),
        (("audit", "verify"), "ok"),
        (("audit", "show"), "entries"),
        (("model", "list"), "models"),
    ],
)
def test_json_is_exactly_one_object_on_stdout(
    empty_installation: Installation, arguments: tuple[str, ...], member: str
) -> None:
    result = empty_installation.ok(*arguments, "--json")
    assert member in result.json()


def test_doctor_lists_every_part_and_exits_3_where_one_is_missing(empty_installation: Installation) -> None:
    result = empty_installation.run("doctor", "--json")
    findings = result.json()["findings"]
    missing = [finding for finding in findings if finding["state"] == "missing"]
    assert result.code == (3 if missing else 0)
    assert all(finding["mend"] for finding in missing)
    assert {"torch", "embedding model", "data directory with evidence log"} <= {item["part"] for item in findings}


def test_a_table_on_a_pipe_is_separated_by_tabs_and_free_of_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.print_table(("name", "pages"), [("a\x1b[31m\tb\nc\u202e", None), ("d", 3)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "d\t3"
    assert lines[0].count("\t") == 1
    assert "\x1b" not in lines[0]
    assert "\u202e" not in lines[0]


def test_an_output_that_is_no_object_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="object"):
        output.print_json([1])


def test_an_error_is_a_problem_document_or_words_with_a_mend(capsys: pytest.CaptureFixture[str]) -> None:
    error = ModelUnavailable("no model answers", hint="averment model serve")
    error.__cause__ = UsageError("the cause")
    output.print_error(error, as_json=True, verbose=False)
    body = json.loads(capsys.readouterr().out)
    assert (body["code"], body["retryable"], body["hint"]) == ("MDL002", True, "averment model serve")
    output.print_error(error, as_json=False, verbose=True)
    assert "cause: UsageError: the cause" in capsys.readouterr().err


def test_counts_leave_zeros_out() -> None:
    assert output.counts({"added": 2, "left_over": 0, "not_read": 1}) == "2 added, 1 not read"
    assert output.counts({"added": 0}) == "nothing"
