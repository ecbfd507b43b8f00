from pathlib import Path

import pytest
import yaml

from averment.compliance.documents.kinds import kind_of, kinds
from averment.compliance.documents.people import new_people, people_path, read_people
from averment.core.errors import ConfigurationError, UsageError
from tests.compliance.documents.builders import PROVIDED, peoples_yaml


@pytest.mark.parametrize("code", kinds())
def test_a_new_file_says_nothing_and_asks_every_field(tmp_path: Path, code: str) -> None:
    path = people_path(tmp_path, kind_of(code), subject="one" if kind_of(code).about else "")
    new_people(path, kind_of(code))
    text = path.read_text(encoding="utf-8")
    assert all(spec.asks in text for spec in kind_of(code).fields)
    if any(spec.filled_by != "machine" for spec in kind_of(code).fields):
        assert {given.status for given in read_people(path, kind_of(code)).values()} == {"missing"}


def test_a_file_of_people_is_never_overwritten(tmp_path: Path) -> None:
    path = people_path(tmp_path, kind_of("fria"))
    path.write_text("mine")
    with pytest.raises(UsageError, match="not overwritten"):
        new_people(path, kind_of("fria"))
    assert path.read_text() == "mine"


@pytest.mark.parametrize("subject", ["../x", "a/b", ".hidden", "x" * 65])
def test_a_subject_is_a_name_and_no_path(tmp_path: Path, subject: str) -> None:
    with pytest.raises(UsageError, match="names no incident"):
        people_path(tmp_path, kind_of("incident"), subject=subject)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("{status: not_applicable}", "not_applicable needs a reason"),
        ("{status: provided, owner: A, date: 2026-01-01}", "provided needs a text or rows"),
        ("{status: provided, text: T}", "provided needs an owner and a date"),
        ("{status: done}", "Input should be"),
        ("{status: missing, evidence: [{file: a.pdf}]}", "sha256"),
    ],
)
def test_a_field_that_breaks_a_rule_is_named(tmp_path: Path, field: str, message: str) -> None:
    path = tmp_path / "fria.yaml"
    path.write_text(peoples_yaml("fria", {"27.1.a": field}))
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_people(path, kind_of("fria"))
    assert "27.1.a" in caught.value.message


def test_fields_and_columns_that_the_kind_lacks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "fria.yaml"
    path.write_text(peoples_yaml("fria", {"27.9": "{status: missing}"}))
    with pytest.raises(ConfigurationError, match=r"no field '27\.9'"):
        read_people(path, kind_of("fria"))
    path.write_text(peoples_yaml("fria", {"27.owed": "{status: missing, rows: [{colour: red}]}"}))
    with pytest.raises(ConfigurationError, match="no column 'colour'"):
        read_people(path, kind_of("fria"))
    path.write_text(peoples_yaml("annex-v", {"1": PROVIDED}))
    with pytest.raises(ConfigurationError, match="expected 'fria' 1"):
        read_people(path, kind_of("fria"))


def test_paragraphs_and_rows_become_blocks(tmp_path: Path) -> None:
    kind = kind_of("fria")
    spec = next(spec for spec in kind.fields if spec.id == "27.owed")
    row = {"purpose": "credit", "annex_iii_point": "5(b)", "deployer": True}
    field = {"status": "provided", "text": "One\nline.\n\nTwo.", "rows": [row], "owner": "A", "date": "2026-10-01"}
    path = tmp_path / "fria.yaml"
    path.write_text(yaml.safe_dump({"document": "fria", "version": 1, "fields": {"27.owed": field}}))
    blocks = read_people(path, kind)["27.owed"].blocks(spec, ("E1",))
    assert [block.text for block in blocks] == ["One line.", "Two.", spec.title]
    assert blocks[-1].rows == (("credit", "5(b)", "yes"),)
    assert read_people(tmp_path / "absent.yaml", kind) == {}
