import io
import json
import logging
from collections.abc import Iterator

import pytest

from averment.service import log_lines


@pytest.fixture
def uvicorn(monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
    """Return uvicorn's logger, undoing what an import of Prefect does to it in the same process."""
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)
    logger = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(logger, "propagate", True)
    return logger


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = io.StringIO()
    log_lines.install(written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_records_are_one_json_object_a_line(stream: io.StringIO) -> None:
    logging.getLogger("averment.service.jobs").error("analysis.failed id=%s", "0197")
    logging.getLogger("averment.service.jobs").info("not of interest")
    (line,) = lines(stream)
    assert (line["message"], line["level"]) == ("analysis.failed id=0197", "error")
    assert line["time"].endswith("Z")


def test_the_words_of_libraries_and_errors_are_left_out(stream: io.StringIO, uvicorn: logging.Logger) -> None:
    logging.getLogger("third.party").warning("the tenant is %s", "Halden Tools")
    try:
        int("the rent is EUR 12,500")
    except ValueError:
        uvicorn.exception("Exception in ASGI application\n")
    first, second = lines(stream)
    assert "place" in first
    assert (second["error"], second["place"].split(":")[0]) == ("ValueError", "test_log_lines.py")
    assert "Halden" not in stream.getvalue()
    assert "12,500" not in stream.getvalue()
