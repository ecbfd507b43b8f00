"""`averment purpose`, from a new record to a signed one and back (R13)."""

import json
from pathlib import Path

import pytest
import yaml

from tests.e2e.installation import Installation, make_installation

NEW = ("--description", "Contract review", "--owner", "Legal", "--intended-use", "Lawyers read contracts")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return make_installation(tmp_path_factory.mktemp("purposes"))


def record_of(installation: Installation, code: str) -> Path:
    return installation.root / ".averment" / "purposes" / f"{code}.yaml"


def answer_all(path: Path) -> None:
    record = yaml.safe_load(path.read_text())
    for answer in record["annex_iii"].values():
        answer["applies"] = False
    record |= {"profiles_natural_persons": False, "deployer": "private"}
    record["article_5"] = {"is_prohibited": False, "reviewer": "Compliance"}
    path.write_text(yaml.safe_dump(record))


@pytest.mark.slow
def test_a_purpose_is_recorded_answered_signed_changed_and_retired(installation: Installation) -> None:
    installation.ok("purpose", "new", "review", *NEW)
    opened = installation.run("purpose", "check", "review", "--json")
    assert opened.code == 4
    assert (opened.json()["status"], len(opened.json()["open"])) == ("unassessed", 29)
    answer_all(record_of(installation, "review"))

    key = installation.root / "jane.key"
    installation.ok("purpose", "signer", "jane", "--key", str(key))
    signed = installation.ok("purpose", "sign", "review", "--key", str(key), "--json").json()
    assert (signed["status"], signed["result"], signed["signer"]) == ("assessed", "not-high-risk", "jane")
    assert "signed by jane" in installation.ok("purpose", "check", "review").stdout

    record = record_of(installation, "review")
    record.write_text(record.read_text().replace("Lawyers read", "Recruiters read"))
    void = installation.run("purpose", "check", "review")
    assert (void.code, "void: the record was changed" in void.stdout) == (4, True)
    installation.ok("purpose", "sign", "review", "--key", str(key))

    installation.ok("purpose", "retire", "review")
    assert installation.ok("purpose", "show", "review", "--json").json()["status"] == "retired"
    assert installation.ok("purpose", "list").stdout.startswith("review\tretired\tnot-high-risk\tLegal")
    logged = installation.ok("audit", "show", "--type", "purpose.assessed", "--json").json()["entries"]
    assert isinstance(logged, list)
    assert [entry["data"]["result"] for entry in logged] == ["not-high-risk", "not-high-risk"]
    assert "Jane" not in json.dumps(logged)


def test_the_schema_of_records_is_printed(installation: Installation) -> None:
    schema = installation.ok("purpose", "schema").json()
    assert "annex_iii" in schema["required"]


@pytest.mark.slow
def test_what_cannot_be_is_refused(installation: Installation) -> None:
    installation.ok("purpose", "new", "twice", *NEW)
    assert installation.run("purpose", "new", "twice", *NEW).code == 2
    assert installation.run("purpose", "new", "../twice", *NEW).code == 2
    assert installation.run("purpose", "show", "none").code == 2
    key = installation.root / "eve.key"
    assert installation.run("purpose", "sign", "twice", "--key", str(key)).code == 2
    installation.ok("purpose", "signer", "eve", "--key", str(key))
    assert installation.run("purpose", "sign", "twice", "--key", str(key)).code == 2, "questions are open"
