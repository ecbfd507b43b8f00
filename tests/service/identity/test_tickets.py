import pytest

from averment.core.testing.clock import FixedClock
from averment.service.identity import tickets as module
from averment.service.identity.store import AccessStore
from averment.service.identity.tickets import Tickets


@pytest.fixture
def tickets(store: AccessStore, clock: FixedClock) -> Tickets:
    return Tickets(store, clock=clock)


def test_a_ticket_is_good_once_for_its_kind(tickets: Tickets) -> None:
    ticket = tickets.issue("sign-in", "x", valid_s=10)
    assert tickets.redeem("link", ticket) is None
    assert tickets.redeem("sign-in", ticket) == "x"
    assert tickets.redeem("sign-in", ticket) is None
    assert tickets.redeem("sign-in", "") is None


def test_a_ticket_is_not_good_for_long(tickets: Tickets, clock: FixedClock) -> None:
    ticket = tickets.issue("link", "x", valid_s=10)
    clock.advance(10)
    assert tickets.redeem("link", ticket) is None


def test_whoever_begins_without_end_fills_no_disk(
    tickets: Tickets, store: AccessStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TICKETS", 5)
    kept = []
    for _ in range(20):
        clock.advance(1)
        kept.append(tickets.issue("sign-in", "x", valid_s=600))
    assert len(store.rows("SELECT 1 FROM tickets")) == 5
    assert tickets.redeem("sign-in", kept[0]) is None
    assert tickets.redeem("sign-in", kept[-1]) == "x"
