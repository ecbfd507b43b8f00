"""Every module has a test file where a reader expects it: `averment.X.y` in `tests/X/test_y.py`."""

from tests.repo.inventory import REPO, Module, broken_rules, project_modules


def expected_test(module: Module) -> str:
    """Return the path of the module's test file, relative to the repository."""
    *folders, name = module.name.split(".")[1:]
    return "/".join(["tests", *folders, f"test_{name.strip('_')}.py"])


def test_every_module_has_a_test_file() -> None:
    untested = {
        module.name: f"no {expected_test(module)}"
        for module in project_modules()
        if not module.is_package and not (REPO / expected_test(module)).exists()
    }
    broken = broken_rules("untested", untested)
    assert not broken, "\n".join(broken)
