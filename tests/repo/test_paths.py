"""No file names a place that exists on one machine only."""

from tests.repo.inventory import REPO, project_files

# Written in pieces, so that this file does not hold what it forbids.
ONE_MACHINE_ONLY = tuple("/" + place for place in ("work/", "opt/py" + "pi", "opt/whe" + "els", "tmp/" + "w/"))


def test_no_file_names_a_place_of_one_machine() -> None:
    places = (*ONE_MACHINE_ONLY, f"{REPO}/")
    wrong = []
    for path in project_files():
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        text = content.decode("utf-8", errors="replace")
        wrong += [
            f"{path.relative_to(REPO)}:{number}: {place}"
            for number, line in enumerate(text.splitlines(), start=1)
            for place in places
            if place in line
        ]
    assert wrong == []
