"""Post-market monitoring of one installation: windows are measured, breaches opened, actions recorded, items closed.

Each step is an entry of the log, and the log alone says what was done: a check that was cut off is finished by the
next one. A breach becomes an item of the risk register by itself; what is done about it, a person says.
"""

import fcntl
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from averment.compliance.events import Leaf
from averment.compliance.monitoring.breaches import BREACH_TYPES, Breach, BreachState, breach_state
from averment.compliance.monitoring.findings import Finding, Rules, find
from averment.compliance.monitoring.indicators import COUNTED_TYPES, Share, count_shares
from averment.compliance.monitoring.plan import Plan, read_plan
from averment.compliance.monitoring.windows import Window, completed_windows, reference_of
from averment.compliance.oversight.record import OversightRecord, checked_code
from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.clock import Clock, unix_ms
from averment.core.errors import UsageError
from averment.core.ids import uuid7
from averment.core.record_settings import MonitoringSettings

_PPM: Final = 1_000_000
_LOCK: Final = "monitoring.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedWindow:
    """A window that was held against the plan; `entry` is its index in the log."""

    since: str
    until: str
    entry: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check found: the windows that had ended since the last one, and the breaches that it opened."""

    windows: tuple[WatchedWindow, ...]
    opened: tuple[Breach, ...]
    plan: Plan


class MonitoringDesk:
    """Watches the log of one installation.

    Args:
        record: The log.
        folder: The folder `compliance/`, where the plan is.
        settings: Lengths of windows, and when to raise an alarm.
        clock: Tells the time.
    """

    def __init__(self, record: OversightRecord, *, folder: Path, settings: MonitoringSettings, clock: Clock):
        self._record = record
        self._folder = folder
        self._settings = settings
        self._clock = clock

    def check(self, *, subject: str) -> Check:
        """Measure every window that has ended and was not measured yet, and open a breach for what is beyond.

        Waits for a check that another process of this machine makes.

        Raises:
            ConfigurationError: The plan breaks a rule.
        """
        plan = read_plan(self._folder)
        with self._alone():
            known = {breach.id for breach in self.breaches()}
            windows = self._measure(plan, subject=subject)
            self._open(subject=subject)
        opened = tuple(breach for breach in self.breaches() if breach.id not in known)
        return Check(windows=tuple(windows), opened=opened, plan=plan)

    def breaches(self) -> Sequence[Breach]:
        """Return every breach, oldest first."""
        return self._state().breaches

    def find(self, breach_id: str) -> Breach:
        """Return a breach.

        Raises:
            UsageError: There is none of this id.
        """
        for breach in self.breaches():
            if breach.id == breach_id:
                return breach
        raise UsageError(f"there is no breach {breach_id!r}", hint="averment monitor list --all")

    def act(self, breach_id: str, *, action: str, description: str, subject: str) -> Breach:
        """Record what was done about a breach; the description is kept encrypted beside the log.

        Raises:
            UsageError: There is no such open breach, or the action is no code.
        """
        breach = self._open_breach(breach_id)
        self._grow(
            EventType.RISK_TREATED,
            breach,
            {"action": checked_code(action, what="action")},
            subject=subject,
            payloads=(Payload(name="description", content=description.encode("utf-8")),),
        )
        return self.find(breach_id)

    def resolve(self, breach_id: str, *, reason: str, subject: str) -> Breach:
        """Close a breach's item of the risk register.

        Raises:
            UsageError: There is no such open breach, nothing was done about it, or the reason is no code.
        """
        breach = self._open_breach(breach_id)
        if not breach.actions:
            raise UsageError(
                f"{breach_id} cannot be closed: no action is recorded", hint=f"averment monitor act {breach_id}"
            )
        self._grow(EventType.RISK_CLOSED, breach, {"reason": checked_code(reason, what="reason")}, subject=subject)
        return self.find(breach_id)

    def _measure(self, plan: Plan, *, subject: str) -> list[WatchedWindow]:
        measured = [_facts(leaf) for leaf in self._record.leaves((EventType.METRIC_WINDOW,))]
        begun = str(measured[0]["from"]) if measured else self._first_use()
        if begun is None:
            return []
        settings, first = self._settings, datetime.fromisoformat(begun)
        last = str(measured[-1]["until"]) if measured else begun
        reference = reference_of(
            first, given=settings.reference_from, windows=settings.reference_windows, days=settings.window_days
        )
        due = completed_windows(datetime.fromisoformat(last), now=self._clock.now(), days=settings.window_days)
        compared = None
        found: list[WatchedWindow] = []
        for window in due:
            if measured and window.since < last:
                continue  # windows were longer or shorter when the last one was measured
            if window.start >= reference.end and compared is None:
                compared = self._shares(reference)
            found.append(self._watch(window, plan, compared, reference=reference, subject=subject))
        return found

    def _watch(
        self,
        window: Window,
        plan: Plan,
        compared: Mapping[str, Share] | None,
        *,
        reference: Window,
        subject: str,
    ) -> WatchedWindow:
        settings = self._settings
        findings = find(
            self._shares(window),
            reference=compared,
            thresholds=[one for one in plan.thresholds if one.set_on <= window.start.date()],
            rules=Rules(alpha=settings.alpha, min_n=settings.min_n),
        )
        data: dict[str, EventValue] = {
            "from": window.since,
            "until": window.until,
            "reference_from": None if compared is None else reference.since,
            "reference_until": None if compared is None else reference.until,
            "plan": plan.digest,
            "alpha_ppm": round(_PPM * settings.alpha),
            "min_n": settings.min_n,
            "slow_ms": self._slow_ms,
            "indicators": [_stated(one) for one in findings],
        }
        entry = self._record.append(AuditEvent(type=EventType.METRIC_WINDOW, subject=subject, data=data))
        return WatchedWindow(since=window.since, until=window.until, entry=entry, findings=tuple(findings))

    def _open(self, *, subject: str) -> None:
        """Open a breach for each finding beyond that has none, and register each that is not registered."""
        for found in self._state().unopened:
            stated = ("indicator", "threshold", "n", "count", "p_ppm")
            data: dict[str, EventValue] = {name: found.facts[name] for name in stated}  # type: ignore[misc]  # a leaf's facts
            data["breach"] = uuid7(unix_ms=unix_ms(self._clock.now()))
            self._record.append(
                AuditEvent(type=EventType.THRESHOLD_BREACHED, subject=subject, parents=(found.window,), data=data)
            )
        for breach in self.breaches():
            if breach.registered is None:
                self._grow(EventType.RISK_REGISTERED, breach, {"hazard": breach.indicator}, subject=subject)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from measuring the same windows meanwhile."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with (self._folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _first_use(self) -> str | None:
        counted = self._record.leaves(COUNTED_TYPES)
        return str(counted[0]["time"]) if counted else None

    def _shares(self, window: Window) -> Mapping[str, Share]:
        leaves = self._record.leaves(COUNTED_TYPES, since=window.since, until=window.until)
        return count_shares(leaves, slow_ms=self._slow_ms)

    @property
    def _slow_ms(self) -> int:
        return round(1000 * self._settings.slow_s)

    def _state(self) -> BreachState:
        return breach_state(self._record.leaves(BREACH_TYPES))

    def _open_breach(self, breach_id: str) -> Breach:
        breach = self.find(breach_id)
        if breach.closed_at is not None:
            raise UsageError(f"{breach_id} was closed at {breach.closed_at}")
        return breach

    def _grow(
        self,
        kind: EventType,
        breach: Breach,
        data: Mapping[str, EventValue],
        *,
        subject: str,
        payloads: tuple[Payload, ...] = (),
    ) -> None:
        event = AuditEvent(
            type=kind, subject=subject, parents=(breach.entry,), data={"breach": breach.id, **data}, payloads=payloads
        )
        self._record.append(event)


def _facts(leaf: Leaf) -> Mapping[str, object]:
    return cast("Mapping[str, object]", leaf["data"])


def _stated(finding: Finding) -> dict[str, EventValue]:
    reference = finding.reference
    return {
        "indicator": finding.indicator,
        "n": finding.share.n,
        "count": finding.share.count,
        "reference_n": None if reference is None else reference.n,
        "reference_count": None if reference is None else reference.count,
        "threshold": finding.threshold,
        # Rounded up, so that a probability is never stated smaller than it is.
        "p_ppm": None if finding.p is None else math.ceil(_PPM * finding.p),
        "outcome": finding.outcome,
    }
