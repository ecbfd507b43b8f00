from typing import Literal

import pytest

from averment.cli.corpus import flags, merge
from averment.core.documents import IngestReport
from tests.e2e.installation import Installation


def report(status: Literal["ok", "partial"], added: int) -> IngestReport:
    return IngestReport(
        status=status,
        added=added,
        changed=0,
        unchanged=0,
        removed=0,
        quarantined=0,
        failed=0,
        n_chunks_embedded=added,
        n_pages=0,
        duration_s=1.0,
        items=(),
        failures=(),
    )


def test_reports_of_several_sources_add_up_and_the_worst_status_wins() -> None:
    merged = merge([report("ok", 2), report("partial", 3)])
    assert (merged.status, merged.added, merged.duration_s) == ("partial", 5, 2.0)


@pytest.mark.slow
def test_commands_about_documents_answer_for_an_empty_catalog(empty_installation: Installation) -> None:
    assert empty_installation.ok("documents", "list", "--json").json()["documents"] == []
    assert empty_installation.ok("documents", "check").stdout.startswith("ok: 0 points")
    for command in (
        ("documents", "show", "x"),
        ("documents", "remove", "x"),
        ("documents", "text", "x"),
        ("text", "x"),
    ):
        missing = empty_installation.run(*command, "--json")
        assert (missing.code, missing.json()["code"]) == (1, "DOC007")


@pytest.mark.slow
def test_nothing_to_ingest_is_an_error_that_says_how(empty_installation: Installation) -> None:
    unnamed = empty_installation.run("ingest", "--json")
    assert (unnamed.code, unnamed.json()["code"]) == (2, "CFG001")
    absent = empty_installation.run("ingest", "nowhere", "--json")
    assert (absent.code, absent.json()["code"]) == (3, "SRC002")


def test_what_a_person_should_look_at_is_told_in_words() -> None:
    assert flags({"hidden_texts": 3, "hidden_characters_tiny": 40, "language_not_supported": 1}) == [
        "not in English or German",
        "hidden text (3)",
    ]
    assert flags({"decoded_as_utf-16": 1}) == []
    assert flags({"instructions_to_a_program": 1}) == ["instructions to a program"]
