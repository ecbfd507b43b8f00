"""Stopping the system and letting it go on: the state that every process sees, and the events that tell of it.

A stop is in force before it is logged, for it must not wait for a log that fails; going on is logged first.
"""

from averment.compliance.oversight.desk import require_reviewer
from averment.compliance.oversight.record import OversightRecord, checked_code
from averment.compliance.oversight.safe_state import SafeState
from averment.core.access import Principal
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import Clock, rfc3339
from averment.core.errors import UsageError
from averment.core.oversight import Stop


class StopDesk:
    """Stops the answering of questions, of one purpose or of all, and lets it go on.

    Args:
        record: The log.
        state: What every process looks at.
        clock: Tells the time.
    """

    def __init__(self, record: OversightRecord, *, state: SafeState, clock: Clock):
        self._record = record
        self._state = state
        self._clock = clock

    def stops(self) -> tuple[Stop, ...]:
        """Return what is stopped, oldest first."""
        return self._state.stops()

    def stop(self, reason: str, *, purpose: str | None, subject: str) -> Stop:
        """Stop: new questions are refused, running ones end at their next step with what they have.

        Args:
            reason: A code.
            purpose: The purpose that is stopped; all where None.
            subject: Who stops.

        Raises:
            UsageError: The reason is no code.
            AuditWriteFailed: It is stopped, and the log does not say so.
        """
        stop = stop_now(self._state, reason=reason, purpose=purpose, clock=self._clock)
        self._record.append(_event(EventType.OVERSIGHT_STOP, stop, subject))
        return stop

    def suspend(self, case: str, *, reason: str, purpose: str | None, subject: str) -> Stop:
        """Suspend use for the risk of a case; otherwise as `stop`."""
        stop = stop_now(self._state, reason=reason, purpose=purpose, clock=self._clock, case=case)
        self._record.append(_event(EventType.USE_SUSPENDED, stop, subject))
        return stop

    def resume(self, who: Principal, *, reason: str, purpose: str | None) -> tuple[Stop, ...]:
        """Let questions be answered again and return the stops that were lifted: those of exactly this purpose.

        Raises:
            AccessDenied: No reviewer asks.
            UsageError: Nothing of the purpose is stopped.
        """
        require_reviewer(who)
        checked_code(reason, what="reason")
        lifted = [stop for stop in self._state.stops() if stop.purpose == purpose]
        if not lifted:
            scope = "for all purposes" if purpose is None else f"for the purpose {purpose!r}"
            raise UsageError(f"nothing is stopped {scope}", hint="averment oversight list shows what is stopped")
        self._record.append(
            AuditEvent(
                type=EventType.OVERSIGHT_RESUMED,
                subject=who.subject,
                purpose=purpose or "",
                data={"scope": _scope(purpose), "reason": reason, "lifted": len(lifted)},
            )
        )
        return self._state.lift(purpose)


def stop_now(state: SafeState, *, reason: str, purpose: str | None, clock: Clock, case: str | None = None) -> Stop:
    """Put a stop in force without a word in the log, which whoever calls has to see to.

    Raises:
        UsageError: The reason or the purpose is no code.
        StoreError: It could not be made durable.
    """
    stop = Stop(reason=checked_code(reason, what="reason"), purpose=purpose, since=rfc3339(clock.now()), case=case)
    if purpose is not None:
        checked_code(purpose, what="purpose")
    state.add(stop)
    return stop


def _event(kind: EventType, stop: Stop, subject: str) -> AuditEvent:
    case = {} if stop.case is None else {"case": stop.case}
    return AuditEvent(
        type=kind,
        subject=subject,
        purpose=stop.purpose or "",
        data={**case, "scope": _scope(stop.purpose), "reason": stop.reason},
    )


def _scope(purpose: str | None) -> str:
    return "all" if purpose is None else "purpose"
