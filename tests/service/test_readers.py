"""Keys that could read what an answer rests on; the command is tried in `tests/cli/test_access.py`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from averment.compliance.readership import DocumentReaders, Label, Readership
from averment.core.testing.clock import FixedClock
from averment.service.identity.api_keys import ApiKeys
from averment.service.identity.store import AccessStore
from averment.service.readers import key_readers
from tests.service.identity.test_api_keys import TERMS

AT = datetime(2026, 1, 2, 4, tzinfo=UTC)


def label(*groups: str) -> Label:
    return Label(entry=1, time="t", groups=groups, n_groups=len(groups))


def test_keys_count_by_their_groups_and_by_when_they_were_good() -> None:
    clock = FixedClock()
    keys = ApiKeys(AccessStore(None), clock=clock)
    made = [
        keys.create(replace(TERMS, name=name, groups=groups))[0]
        for name, groups in (("both", ("legal", "tax")), ("then", ("legal",)), ("never", ("sales",)))
    ]
    keys.revoke(made[1].id)
    clock.advance(7200)
    keys.create(replace(TERMS, name="later", groups=("tax",)))
    found = Readership(
        answer_id="a",
        entry=2,
        asked_at=AT.isoformat(),
        documents=(DocumentReaders(document_id="d", then=label("legal"), now=label("tax")),),
        seen=(),
    )
    readers = {one.name: (one.groups, one.then, one.now) for one in key_readers(keys.list(), found)}
    assert readers == {"both": (("legal", "tax"), True, True), "later": (("tax",), False, True)}
    before = replace(found, asked_at=(FixedClock().now() - timedelta(seconds=1)).isoformat())
    assert {one.name for one in key_readers(keys.list(), before)} == {"both", "later"}
    at_first = replace(found, asked_at=FixedClock().now().isoformat())
    assert {one.name: one.then for one in key_readers(keys.list(), at_first)}["both"]
