"""Wheel and source distribution hold every area, the licence and the commands, and nothing of one's own."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.repo.inventory import AREAS, REPO, project_modules

pytestmark = pytest.mark.slow
KINDS = {".json", ".yaml", ".j2", ".sql", ".html", ".css", ".js", ".svg", ".typed", ".mako"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both distributions into a folder, without network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "scripts/build_distributions.py", "--out", str(out)]
    done = subprocess.run(command, cwd=REPO, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return out


def test_the_wheel_holds_every_module_once_and_the_commands(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        entry_points = wheel.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert len(names) == len(set(names))
    expected = {
        str(module.path.relative_to(REPO / next(a for a in AREAS if (REPO / a) in module.path.parents)))
        for module in project_modules()
    }
    assert expected - set(names) == set()
    assert "averment/__init__.py" not in names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"averment"}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "averment = averment.cli.main:run" in entry_points
    assert "averment-verify = averment.compliance.averment_verify:main" in entry_points


def test_the_wheel_holds_the_data_files_beside_the_modules(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    beside = {
        str(path.relative_to(REPO / area))
        for area in AREAS
        for path in (REPO / area / "averment").rglob("*")
        if path.is_file() and path.suffix in KINDS
    }
    assert beside - names == set()


def test_the_source_distribution_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = archive.getnames()
        subprocess.run(["tar", "-xf", str(archive.name), "-C", str(tmp_path)], check=True, timeout=120)
    assert not [
        name
        for name in names
        if "/.venv" in name or "/models/" in name.split("averment-")[-1][:20] or ".averment/" in name
    ]
    source = next(tmp_path.glob("averment-*"))
    command = [sys.executable, "-c", "import hatchling.build; print(hatchling.build.build_wheel('again'))"]
    (source / "again").mkdir()
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    with (
        zipfile.ZipFile(next((source / "again").glob("*.whl"))) as again,
        zipfile.ZipFile(next(built.glob("*.whl"))) as first,
    ):
        assert sorted(again.namelist()) == sorted(first.namelist())
