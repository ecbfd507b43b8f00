import pytest

from averment.cli.progress import LineProgress, progress


def test_a_log_gets_a_first_and_a_last_line_and_few_between(capsys: pytest.CaptureFixture[str]) -> None:
    with LineProgress("ingest") as shown:
        for done in range(1, 101):
            shown.update(done, 100, f"{done} pages")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("ingest: 1 of 100")
    assert lines[-1].startswith("ingest: 100 of 100")
    assert lines[-1].endswith("(100 pages)")
    assert len(lines) <= 3


def test_progress_never_touches_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("ingest") as shown:
        shown.update(0, 0)
        shown.update(1, 1)
    written = capsys.readouterr()
    assert written.out == ""
    assert "1 of 1" in written.err
