"""The folders are namespace roots, and names say what a module is about."""

import ast

from tests.repo.inventory import AREAS, REPO, project_modules

FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
FORBIDDEN_ENDINGS = ("_utils", "_helpers", "_misc")


def test_every_area_is_a_namespace_root() -> None:
    assert [area for area in AREAS if (REPO / area / "averment" / "__init__.py").exists()] == []
    assert [area for area in AREAS if (REPO / area / "__init__.py").exists()] == []


def test_every_folder_with_modules_is_a_package_that_says_what_it_is() -> None:
    wrong = []
    for folder in {module.path.parent for module in project_modules()}:
        if folder.name == "averment" and folder.parent.parent == REPO:
            continue
        marker = folder / "__init__.py"
        if not marker.exists() or ast.get_docstring(ast.parse(marker.read_text(encoding="utf-8"))) is None:
            wrong.append(str(folder.relative_to(REPO)))
    assert wrong == [], "no __init__.py with a docstring"


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [
        module.name
        for module in project_modules()
        for word in module.name.split(".")[1:]
        if word.strip("_") in FORBIDDEN or word.endswith(FORBIDDEN_ENDINGS)
    ]
    assert wrong == []


def test_no_module_stands_beside_the_areas() -> None:
    stray = [
        module.name
        for module in project_modules()
        if module.name.count(".") < 1 or module.path.parent.name == "averment"
    ]
    assert stray == []
