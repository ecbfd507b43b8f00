from pathlib import Path

import pytest

from averment.core.energy import EnergyMeter


def counter(root: Path, name: str, value: int, *, wraps_at: int = 1_000_000_000) -> Path:
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "energy_uj").write_text(f"{value}\n")
    (folder / "max_energy_range_uj").write_text(f"{wraps_at}\n")
    return folder


def test_packages_are_added_and_their_parts_are_not(tmp_path: Path) -> None:
    counter(tmp_path, "intel-rapl:0", 100)
    counter(tmp_path, "intel-rapl:1", 0)
    counter(tmp_path, "intel-rapl:0:0", 0)  # the cores of package 0, counted there already
    meter = EnergyMeter(tmp_path)
    before = meter.read()
    counter(tmp_path, "intel-rapl:0", 2_000_100)
    counter(tmp_path, "intel-rapl:1", 500_000)
    counter(tmp_path, "intel-rapl:0:0", 999_999)
    assert meter.joules_since(before) == pytest.approx(2.5)
    assert meter.reason is None


def test_a_counter_that_begins_anew_is_no_negative_energy(tmp_path: Path) -> None:
    counter(tmp_path, "intel-rapl:0", 9_000_000, wraps_at=10_000_000)
    meter = EnergyMeter(tmp_path)
    before = meter.read()
    counter(tmp_path, "intel-rapl:0", 1_000_000, wraps_at=10_000_000)
    assert meter.joules_since(before) == pytest.approx(2.0)


def test_a_machine_without_counters_gives_none_and_says_why(tmp_path: Path) -> None:
    meter = EnergyMeter(tmp_path)
    assert meter.joules_since(meter.read()) is None
    assert meter.reason == "this machine shows no RAPL counters"


def test_a_counter_that_is_no_number_gives_none_and_says_why(tmp_path: Path) -> None:
    (counter(tmp_path, "intel-rapl:0", 1) / "energy_uj").write_text("closed")
    meter = EnergyMeter(tmp_path)
    assert meter.joules_since(meter.read()) is None
    assert "could not be read" in str(meter.reason)
