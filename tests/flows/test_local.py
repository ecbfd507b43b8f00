from pathlib import Path

from averment.flows import local


def test_prefect_finds_its_state_under_the_data_directory_and_reports_to_nobody(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    local.apply(tmp_path, environ)
    assert environ["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environ["DO_NOT_TRACK"] == "1"


def test_what_the_user_has_set_stays(tmp_path: Path) -> None:
    environ = {"PREFECT_API_URL": "http://127.0.0.1:4200/api", "PREFECT_HOME": "/srv/prefect"}
    local.apply(tmp_path, environ)
    assert environ["PREFECT_HOME"] == "/srv/prefect"
    assert environ["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
