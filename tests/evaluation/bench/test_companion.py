"""A baseline program is asked and answers; one that fails says what its last words were."""

import sys
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.bench.companion import Companion

ECHO = """
import sys, json
for line in sys.stdin:
    print(json.dumps({"seconds": 2 * json.loads(line)["n"]}), flush=True)
"""


def test_requests_are_answered_one_by_one(tmp_path: Path) -> None:
    with Companion([sys.executable, "-c", ECHO], complaints=tmp_path / "log") as echo:
        assert echo.seconds({"n": 2}) == 4
        assert echo.ask({"n": 3}) == {"seconds": 6}


def test_a_program_that_dies_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such model')"]
    with (
        Companion(command, complaints=tmp_path / "log") as dead,
        pytest.raises(ConfigurationError, match="no such model"),
    ):
        dead.ask({})


def test_an_answer_without_seconds_is_an_error(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "input(); print('{}', flush=True); input()"]
    with Companion(command, complaints=tmp_path / "log") as silent, pytest.raises(ConfigurationError):
        silent.seconds({})


def test_a_program_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be started"):
        Companion([str(tmp_path / "absent")], complaints=tmp_path / "log")
