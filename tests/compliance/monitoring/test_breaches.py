from averment.compliance.events import Leaf
from averment.compliance.monitoring.breaches import breach_state
from averment.core.audit import EventType
from tests.compliance.monitoring.test_indicators import leaf


def at(index: int, kind: EventType, **facts: object) -> Leaf:
    """Return the sample of a type as an entry at an index."""
    return leaf(kind, **facts) | {"seq": index}


WINDOW, BREACHED = at(3, EventType.METRIC_WINDOW), at(4, EventType.THRESHOLD_BREACHED)
REGISTERED, TREATED = at(5, EventType.RISK_REGISTERED), at(6, EventType.RISK_TREATED)
CLOSED = at(7, EventType.RISK_CLOSED)


def test_a_finding_beyond_waits_until_its_breach_is_opened() -> None:
    (waiting,) = breach_state([WINDOW]).unopened
    assert (waiting.window, waiting.facts["indicator"]) == (3, "abstained")
    assert breach_state([WINDOW, BREACHED]).unopened == ()
    assert breach_state([WINDOW, BREACHED, at(8, EventType.METRIC_WINDOW)]).unopened == ()
    assert len(breach_state([WINDOW, BREACHED, CLOSED, at(8, EventType.METRIC_WINDOW)]).unopened) == 1


def test_a_breach_is_the_sum_of_its_entries() -> None:
    (breach,) = breach_state([WINDOW, BREACHED, REGISTERED, TREATED, CLOSED]).breaches
    assert (breach.id, breach.entry, breach.registered, breach.reason) == ("b-1", 4, 5, "mended")
    assert [(action.code, action.entry) for action in breach.actions] == [("model-rolled-back", 6)]


def test_entries_of_a_breach_that_is_not_there_are_passed_over() -> None:
    assert breach_state([REGISTERED, TREATED, CLOSED, at(8, EventType.ERROR)]).breaches == ()
