"""The service's own log: one JSON object a line on stderr, with ids and codes, never with content.

What libraries log of an error is cut down to its type and place, since its words may hold text of a question.
"""

import json
import logging
import sys
import traceback
from typing import Final, TextIO

from averment.core.clock import rfc3339, utc_from_unix

QUIET_LIBRARIES: Final = ("httpx", "httpcore", "openai", "haystack")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, str] = {
            "time": rfc3339(utc_from_unix(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["place"] = _place(record)
        return json.dumps(line, ensure_ascii=False)


def install(stream: TextIO | None = None) -> None:
    """Send every log record of this process from warnings on to `stream`, stderr when None."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR)


def _place(record: logging.LogRecord) -> str:
    frames = traceback.extract_tb(record.exc_info[2]) if record.exc_info else []
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
