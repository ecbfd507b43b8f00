"""Whether questions may be answered: what people stopped, and which system an open incident holds as it is.

One small file in the data directory, seen by every process at its next step and still there after a restart. A file
that cannot be read stops everything: who wanted a stop must not lose it to a damaged disk.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from averment.core.errors import AnalysisStopped, ChangeBlocked, StoreError
from averment.core.oversight import Stop

FOLDER: Final = "oversight"
_FILE: Final = "safe-state.json"
_LOCK: Final = "safe-state.lock"
_UNREADABLE: Final = Stop(reason="unreadable", purpose=None, since="unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSystem:
    """The system as it was when an incident was opened: it answers as it is, or not at all, until that is lifted."""

    case: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    stops: tuple[Stop, ...] = ()
    held: tuple[HeldSystem, ...] = ()


class SafeState:
    """The stops and holds of one installation.

    Args:
        data_dir: The data directory.
    """

    def __init__(self, data_dir: Path):
        self._folder = data_dir / FOLDER
        self._path = self._folder / _FILE

    def stops(self) -> tuple[Stop, ...]:
        """Return what is stopped, oldest first."""
        return self._read().stops

    def is_stopped(self, purpose: str) -> bool:
        """Tell whether questions of a purpose are not to be answered; asked between steps."""
        return any(stop.purpose in (None, purpose) for stop in self.stops())

    def refuse(self, purpose: str) -> None:
        """Refuse questions of a purpose that is stopped.

        Raises:
            AnalysisStopped: It is.
        """
        for stop in self.stops():
            if stop.purpose in (None, purpose):
                scope = "all purposes" if stop.purpose is None else f"the purpose {stop.purpose!r}"
                word = "stopped" if stop.case is None else f"suspended for the risk in case {stop.case}"
                raise AnalysisStopped(
                    f"answering questions is {word} for {scope} since {stop.since}, reason {stop.reason!r}",
                    hint="a reviewer lets it go on with averment oversight resume",
                    details={"reason": stop.reason, "since": stop.since},
                )

    def refuse_change(self, digest: str) -> None:
        """Refuse to work with another system than the one that an open incident holds.

        Args:
            digest: What names the present system.

        Raises:
            ChangeBlocked: It was changed since, and the authorities are not informed.
        """
        for held in self._read().held:
            if held.digest != digest:
                raise ChangeBlocked(
                    f"the system must stay as it was when the incident {held.case} was opened",
                    hint="undo the change or leave it, or record that the authority is informed: "
                    f"averment incident notify {held.case} --to authority",
                    details={"case": held.case},
                )

    def refuse_any_change(self) -> None:
        """Refuse to change the system while an open incident holds it.

        Raises:
            ChangeBlocked: One does.
        """
        self.refuse_change("")

    def add(self, stop: Stop) -> None:
        """Stop; durable when it returns. Stopping again what is stopped for the same reason changes nothing.

        Raises:
            StoreError: The file could not be written.
        """
        self._change(lambda state: state if _holds(state, stop) else replace(state, stops=(*state.stops, stop)))

    def lift(self, purpose: str | None) -> tuple[Stop, ...]:
        """Take back the stops of exactly this purpose (None: those of all) and return them."""
        lifted = tuple(stop for stop in self.stops() if stop.purpose == purpose)
        self._change(lambda state: replace(state, stops=tuple(stop for stop in state.stops if stop not in lifted)))
        return lifted

    def hold(self, held: HeldSystem) -> None:
        """Hold the system as it is; durable when it returns."""
        self._change(lambda state: replace(state, held=(*_others(state.held, held.case), held)))

    def release(self, case: str) -> None:
        """Let the system be changed again, as far as this incident goes."""
        self._change(lambda state: replace(state, held=_others(state.held, case)))

    def _read(self) -> _State:
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return _State()
        except OSError:
            return _State(stops=(_UNREADABLE,))
        try:
            found = json.loads(raw)
            return _State(
                stops=tuple(Stop(**stop) for stop in found["stops"]),
                held=tuple(HeldSystem(**held) for held in found["held"]),
            )
        except (ValueError, KeyError, TypeError):
            return _State(stops=(_UNREADABLE,))

    def _change(self, change: Callable[[_State], _State]) -> None:
        try:
            with self._alone():
                state = change(self._read())
                partial = self._path.with_suffix(".part")
                with partial.open("w", encoding="utf-8") as file:
                    json.dump(asdict(state), file, indent=1)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(self._path)
                _sync(self._folder)
        except OSError as error:
            raise StoreError(
                f"{str(self._path)!r} cannot be written: {error.strerror or error}",
                hint="end the service to stop it, then free or mend the disk",
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from changing the file meanwhile."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with (self._folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _holds(state: _State, stop: Stop) -> bool:
    return any(replace(other, since=stop.since) == stop for other in state.stops)


def _others(held: tuple[HeldSystem, ...], case: str) -> tuple[HeldSystem, ...]:
    return tuple(other for other in held if other.case != case)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
