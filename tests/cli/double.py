"""Commands that work with a double instead of an opened installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TypeVar

import pytest

Double = TypeVar("Double")


def use_runtime(module: ModuleType, double: Double, *, monkeypatch: pytest.MonkeyPatch) -> Double:
    """Have the commands of a module find a double where they open the runtime, and return it."""

    @contextmanager
    def opened(_: object) -> Iterator[Double]:
        yield double

    monkeypatch.setattr(module, "runtime_of", opened)
    monkeypatch.setattr("averment.cli.main.silence_libraries", lambda: None)
    return double
