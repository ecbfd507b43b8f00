"""Rows of an evaluation, kept on disk as they are made, so that one that was ended goes on where it stopped."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

NAME: Final = "rows.jsonl"


class KeptRows:
    """A file of rows, each under the key of what it is about; its first line says how they were made.

    Args:
        folder: Where the file lies; made when absent.
        made_with: What the rows depend on besides their keys: settings, program. Rows made with anything else are
            forgotten.
        is_resumed: Whether rows that lie there are used; they are forgotten otherwise.
    """

    def __init__(self, folder: Path, *, made_with: Mapping[str, Any], is_resumed: bool):
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / NAME
        self._rows: dict[str, Mapping[str, Any]] = {}
        head = json.dumps({"made_with": made_with}, sort_keys=True)
        if is_resumed:
            self._read(head)
        if not self._rows:
            self._path.write_text(head + "\n", encoding="utf-8")

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str) -> Mapping[str, Any] | None:
        """Return the row of a key, where there is one."""
        return self._rows.get(key)

    def add(self, key: str, row: Mapping[str, Any]) -> None:
        """Keep a row."""
        self._rows[key] = row
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "row": row}, ensure_ascii=False) + "\n")

    def _read(self, head: str) -> None:
        text = self._path.read_text(encoding="utf-8") if self._path.is_file() else ""
        lines = text.split("\n")
        if lines[0] != head:
            return
        for line in lines[1:]:
            try:
                found = json.loads(line)
            except json.JSONDecodeError:  # empty, or the last one of a run that was killed
                continue
            self._rows[found["key"]] = found["row"]
        if not text.endswith("\n"):
            self._path.write_text(text + "\n", encoding="utf-8")
