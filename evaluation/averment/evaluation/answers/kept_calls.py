"""Calls of a language model, kept by the hash of the rendered request: a changed check or report asks nothing again."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from averment.core.errors import ModelOutputInvalid
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.core.ports import ChatMessage, ChatModel, Completion, FirstTokenModel


class KeptCalls:
    """A language model whose completions are kept in a file and given again to an equal request.

    A request is equal when model, identity of the serving side, messages, schema, token limit, seed and thinking are.
    Failures are never kept.

    Args:
        model: Asked where nothing is kept; None answers from the file alone.
        path: The file, SQLite; made when absent.
        identity: What besides the request decides the completion: profile digest, model folder's digest.
    """

    def __init__(self, model: ChatModel, path: Path, *, identity: str):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.model_id = model.model_id
        # What an adapter answered is scored as that adapter's, as it is without this between.
        self.adapter_digest = getattr(model, "adapter_digest", None)
        self._model = model
        self._identity = identity
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, completion TEXT NOT NULL)")
        self.n_kept = 0
        self.n_asked = 0
        self.saved_s = 0.0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, object] | None = None,
        max_tokens: int,
        seed: int,
        purpose: str,
        thinking: bool = False,
    ) -> Completion:
        """Complete, or return what an equal request was answered before."""
        request = {
            "model": self.model_id,
            "identity": self._identity,
            "messages": [asdict(message) for message in messages],
            "schema": schema,
            "max_tokens": max_tokens,
            "seed": seed,
            "thinking": thinking,
        }
        return self._kept(
            request,
            lambda: self._model.complete(
                messages, schema=schema, max_tokens=max_tokens, seed=seed, purpose=purpose, thinking=thinking
            ),
        )

    def first_token(self, messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> Completion:
        """Reply with one token, or return what an equal request was answered before.

        Raises:
            ModelOutputInvalid: The model does not tell probabilities.
        """
        model = self._model
        if not isinstance(model, FirstTokenModel):
            raise ModelOutputInvalid(f"the model {self.model_id!r} does not tell probabilities of tokens")
        request = {
            "model": self.model_id,
            "identity": self._identity,
            "messages": [asdict(message) for message in messages],
            "first_token": True,
            "seed": seed,
        }
        return self._kept(request, lambda: model.first_token(messages, seed=seed, purpose=purpose))

    def _kept(self, request: Mapping[str, object], ask: Callable[[], Completion]) -> Completion:
        key = sha256_id(canonical_json(request))
        row = self._file.execute("SELECT completion FROM calls WHERE key = ?", (key,)).fetchone()
        if row is not None:
            kept = Completion(**_loaded(row[0]))
            self.n_kept += 1
            self.saved_s += kept.duration_s
            return kept
        completion = ask()
        self.n_asked += 1
        self._file.execute(
            "INSERT OR REPLACE INTO calls VALUES (?, ?)", (key, canonical_json(asdict(completion)).decode("utf-8"))
        )
        return completion


def _loaded(text: str) -> dict[str, Any]:
    import json

    loaded: dict[str, Any] = json.loads(text)
    return loaded
