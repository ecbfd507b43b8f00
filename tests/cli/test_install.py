import stat
from pathlib import Path

from tests.e2e.installation import Installation, make_installation


def test_init_makes_what_is_missing_and_changes_nothing_that_exists(tmp_path: Path) -> None:
    installation = make_installation(tmp_path / "new")
    key = installation.root / ".averment" / "keys" / "api-key"
    before = {path: path.read_bytes() for path in installation.root.rglob("*") if path.is_file()}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().startswith("avm_")
    installation.ok("init")
    after = {path: path.read_bytes() for path in installation.root.rglob("*") if path.is_file()}
    assert {path: content for path, content in after.items() if path in before} == before
    (installation.root / ".averment" / "keys" / "api-key").unlink()
    installation.ok("init")
    assert key.read_bytes() != before[key]


def test_init_writes_the_source_it_is_given_and_refuses_to_rewrite_settings(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "work").mkdir()
    installation = Installation(tmp_path / "work")
    assert installation.run("init", "--source", "nowhere").code == 2
    installation.ok("init", "--source", str(tmp_path / "contracts"))
    assert str(tmp_path / "contracts") in (installation.root / "averment.yaml").read_text()
    refused = installation.run("init", "--source", str(tmp_path / "contracts"), "--json")
    assert (refused.code, refused.json()["code"]) == (2, "CFG001")


def test_settings_are_shown_with_origin_and_secrets_masked(tmp_path: Path) -> None:
    tmp_path.joinpath("averment.yaml").write_text(
        "index: {backend: server, url: 'http://127.0.0.1:6333', api_key: hunter2}\ntenant: acme\n"
    )
    result = Installation(tmp_path).ok("config", "show", "--json")
    rows = {row["name"]: row for row in result.json()["settings"]}
    assert rows["tenant"]["value"] == "acme"
    assert rows["tenant"]["origin"].endswith("averment.yaml")
    assert rows["model.enabled"]["origin"] == "AVERMENT_MODEL__ENABLED"
    assert rows["service.port"]["origin"] == "default"
    assert all(row["meaning"] for row in rows.values())
    assert "hunter2" not in result.stdout


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("averment.yaml").write_text("retrieval: {top_kk: 3}\n")
    refused = Installation(tmp_path).run("config", "show", "--json")
    assert refused.code == 2
    assert "retrieval.top_kk" in refused.json()["detail"]
