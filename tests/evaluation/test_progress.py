"""Progress is visible and ends on a line of its own."""

import io

from averment.evaluation.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_last_line() -> None:
    log = io.StringIO()
    with Progress("work", stream=log) as progress:
        for number in range(1, 4):
            progress.update(number, 3)
    assert log.getvalue() == "work: 3/3 in 0 s\n"


def test_a_terminal_gets_a_bar() -> None:
    terminal = Terminal()
    with Progress("work", stream=terminal) as progress:
        progress.update(1, 2)
    assert terminal.getvalue().startswith("\rwork: 1/2")
    assert "[##############..............]" in terminal.getvalue()
