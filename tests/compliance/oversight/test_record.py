"""What goes into a leaf as a code or a time is checked, and what was logged can be read at once."""

import pytest

from averment.compliance.oversight.record import checked_code, instant
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import UsageError
from tests.compliance.oversight.office import Office


def test_codes_are_codes() -> None:
    assert checked_code("wrong-figures", what="reason") == "wrong-figures"
    for text in ("", "Anna Müller", "a" * 101, "-x"):
        with pytest.raises(UsageError, match="the reason"):
            checked_code(text, what="reason")


def test_times_compare_with_those_of_entries() -> None:
    assert instant("2026-01-31") == "2026-01-31T00:00:00.000Z"
    assert instant("2026-01-31T09:00:00+01:00") == "2026-01-31T08:00:00.000Z"
    with pytest.raises(UsageError, match="no time"):
        instant("yesterday")


def test_an_event_is_read_back_as_soon_as_it_is_appended(office: Office) -> None:
    event = AuditEvent(
        type=EventType.OVERSIGHT_STOP, subject="bert", purpose="p", data={"scope": "purpose", "reason": "x"}
    )
    index = office.record.append(event)
    (leaf,) = office.record.leaves((EventType.OVERSIGHT_STOP,))
    assert (leaf["seq"], leaf["actor"]) == (index, office.record.pseudonym("bert"))
