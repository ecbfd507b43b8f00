"""The certificate of an erasure: what was reached, what was not, and until when backups last."""

from datetime import UTC, datetime

from averment.compliance.erasure_certificate import ErasureJob, certificate_of
from averment.core.erasure import CleanedStore


def test_what_is_out_of_reach_is_never_among_what_was_reached() -> None:
    stores = [
        {"name": "catalog", "state": "not-reached", "detail": "a server"},
        {"name": "index", "state": "clean", "detail": ""},
    ]
    job = ErasureJob(
        request_id="r-1", person=None, requested_at="x", ground="request", first_entry=None, last_entry=None,
        counts={"payloads": 2}, documents=[], stores=stores,
    )  # fmt: skip
    beyond = [CleanedStore(name="sources", state="not-reached")]
    made = certificate_of(job, now=datetime(2026, 12, 1, tzinfo=UTC), backup_days=31, beyond=beyond)
    assert made["reached"] == [stores[1]]
    unreached = made["not_reached"]
    assert isinstance(unreached, list)
    assert [store["name"] for store in unreached] == ["catalog", "sources", "backups"]
    assert (made["backups_until"], made["payloads"]) == ("2027-01-01", 2)
