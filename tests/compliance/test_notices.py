"""Who was told is known to the next command, and to nobody who reads the folder."""

from datetime import timedelta
from pathlib import Path

from averment.compliance.notices import NoticeRegister
from averment.core.clock import Clock
from averment.core.testing.clock import FixedClock

KEY = bytes(range(32))


def register(folder: Path, clock: Clock | None = None) -> NoticeRegister:
    return NoticeRegister(folder / "notices", key=KEY, clock=clock or FixedClock())


def test_a_notice_is_due_until_it_is_remembered_and_for_another_person_or_configuration(tmp_path: Path) -> None:
    assert register(tmp_path).is_due("ada", about="v1")
    register(tmp_path).remember("ada", about="v1")
    assert not register(tmp_path).is_due("ada", about="v1")
    assert register(tmp_path).is_due("ada", about="v2")
    assert register(tmp_path).is_due("bob", about="v1")


def test_it_is_due_again_after_thirty_days_and_where_the_clock_went_back(tmp_path: Path) -> None:
    now = FixedClock().now()
    register(tmp_path).remember("ada", about="v1")
    for passed, is_due in ((timedelta(days=29, hours=23), False), (timedelta(days=30), True), (timedelta(-1), True)):
        assert register(tmp_path, FixedClock(now + passed)).is_due("ada", about="v1") is is_due


def test_the_folder_names_nobody_and_a_damaged_or_absent_one_means_due(tmp_path: Path) -> None:
    register(tmp_path).remember("ada", about="v1")
    (kept,) = (tmp_path / "notices").iterdir()
    assert (len(kept.name), b"ada" in kept.read_bytes()) == (64, False)
    kept.write_text("yesterday")
    assert register(tmp_path).is_due("ada", about="v1")


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "notices").write_text("a file in the way")
    register(tmp_path).remember("ada", about="v1")
    assert register(tmp_path).is_due("ada", about="v1")
