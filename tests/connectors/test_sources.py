from pathlib import Path

import pytest

from averment.connectors.sources import connectors_for
from averment.core.errors import ConfigurationError, SourceUnavailable
from averment.core.settings import Settings, SourceSettings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "b.md").write_text("b")
    source = SourceSettings(name="contracts", path=folder, include=("**/*.txt",), readers=("legal",))
    return Settings(tenant="acme", sources=(source,))


def test_a_name_in_settings_brings_its_globs_and_readers(settings: Settings) -> None:
    for named in ([], ["contracts"]):
        (connector,) = connectors_for(settings, named)
        (item,) = connector.list()
        assert (connector.name, item.title) == ("contracts", "a.txt")
        assert (item.access.readers, item.access.tenant) == (("legal",), "acme")


def test_a_path_is_a_source_for_everyone_and_a_name_wins_over_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (connector,) = connectors_for(settings, [str(tmp_path / "contracts")])
    assert {item.title for item in connector.list()} == {"a.txt", "b.md"}
    (named,) = connectors_for(settings, ["contracts"])
    assert {item.title for item in named.list()} == {"a.txt"}


def test_what_is_neither_is_named_with_what_is_known(settings: Settings) -> None:
    with pytest.raises(SourceUnavailable, match="known: contracts"):
        connectors_for(settings, ["leases"])
    with pytest.raises(ConfigurationError, match="no source"):
        connectors_for(Settings(), [])
