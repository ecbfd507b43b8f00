"""The register of holds: what covers which entry, until when, and that a damaged register frees nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from averment.compliance.holds import Hold, HoldRegister, HoldTarget, held_documents, years_after
from averment.core.audit import EventType
from averment.core.errors import StoreError, UnderHold, UsageError
from averment.core.testing.clock import FixedClock
from tests.compliance.samples import KEYED, SAMPLES

TODAY = date(2026, 11, 23)


def hold(target: HoldTarget = "answer", reference: str = "a-1", until: date | None = None) -> Hold:
    return Hold(
        id="h-1", target=target, reference=reference, retention="hold", ground="gdpr-17-3-e", until=until, entry=7
    )


@pytest.mark.parametrize(
    ("target", "reference", "covered"),
    [
        ("answer", "a-1", True),
        ("answer", "a-2", False),
        ("entry", "41", True),
        ("entry", "4", False),
        ("matter", "contract-review", True),
        ("matter", "trial", False),
        ("subject", KEYED, True),
        ("subject", "hmac-sha256:0", False),
        ("document", "a-1", False),
        ("entries", "41-41", True),
        ("entries", "40-50", True),
        ("entries", "42-50", False),
    ],
)
def test_a_hold_covers_what_it_names(target: HoldTarget, reference: str, *, covered: bool) -> None:
    assert hold(target, reference).covers(SAMPLES[EventType.ANALYSIS_STARTED]) is covered


def test_a_hold_covers_documents_and_the_entry_that_placed_it() -> None:
    leaf = SAMPLES[EventType.DOCUMENT_INGESTED]
    assert hold("document", "d-1").covers(leaf)
    assert hold("document", "other").covers({**leaf, "seq": 7})


def test_a_register_is_kept_changed_and_ended(tmp_path: Path) -> None:
    register = HoldRegister(tmp_path)
    assert register.all() == ()
    register.put(hold(until=date(2027, 1, 1)))
    assert HoldRegister(tmp_path).all() == (hold(until=date(2027, 1, 1)),)
    register.put(hold())
    assert register.get("h-1") == hold()
    register.remove("h-1")
    register.remove("h-1")
    assert register.all() == ()
    with pytest.raises(UsageError, match="there is no hold 'h-1'"):
        register.get("h-1")


def test_a_hold_ends_on_its_day_and_not_before(tmp_path: Path) -> None:
    register = HoldRegister(tmp_path)
    register.put(hold("document", "d-1", until=TODAY))
    register.forbid_removal("d-1", today=TODAY)
    with pytest.raises(UnderHold, match="kept by hold h-1"):
        register.forbid_removal("d-1", today=date(2026, 11, 22))
    register.forbid_removal("d-2", today=date(2026, 11, 22))


def test_a_damaged_register_frees_nothing(tmp_path: Path) -> None:
    (tmp_path / "holds.json").write_text("{")
    with pytest.raises(StoreError, match="nothing is erased or pruned"):
        HoldRegister(tmp_path).active(TODAY)


def test_ten_years_later_is_the_same_day() -> None:
    assert years_after(date(2026, 11, 23)) == date(2036, 11, 23)
    assert years_after(date(2028, 2, 29)) == date(2038, 3, 1)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_one_place_says_by_whom_a_thing_is_held(tmp_path: Path) -> None:
    register = HoldRegister(tmp_path)
    for number, (target, reference) in enumerate(
        [("entries", "40-50"), ("document", "d-1"), ("subject", KEYED), ("answer", "a-1")]
    ):
        register.put(replace(hold(cast("HoldTarget", target), reference), id=f"h-{number}"))
    active = register.active(TODAY)
    assert [found.id for found in active.on_entry(SAMPLES[EventType.ANALYSIS_STARTED])] == ["h-0", "h-2", "h-3"]
    assert [found.id for found in active.on_document("d-1")] == ["h-1"]
    assert [found.id for found in active.on_person(KEYED)] == ["h-2"]
    assert active.documents == held_documents(tmp_path, clock=FixedClock())() == {"d-1"}


def test_two_processes_lose_no_hold_of_each_other(tmp_path: Path) -> None:
    def place(number: int) -> None:
        HoldRegister(tmp_path).put(replace(hold(), id=f"h-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(place, range(24)))
    assert {found.id for found in HoldRegister(tmp_path).all()} == {f"h-{number}" for number in range(24)}
