from pathlib import Path

import pytest

from averment.compliance.documents.evidence import file_digest
from averment.core.errors import ConfigurationError
from averment.core.settings_file import LoadedSettings, load_settings
from averment.service.system_facts import gather_facts, installation_of


def loaded(root: Path, text: str) -> LoadedSettings:
    (root / "averment.yaml").write_text(text)
    return load_settings(config=None, environ={}, cwd=root)


def test_facts_hold_no_secret_no_address_and_no_place_of_the_installation(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "model: {endpoint: 'http://gpu.internal:8000/v1', api_key: secret-key, replicas: ['http://two.internal/v1']}\n"
        "catalog: {url: 'postgresql://anna:secret@db.internal/x'}\n"
        "sources: [{name: contracts, path: documents}]\n"
        "service: {public_url: 'https://averment.internal'}\n"
        "sign_in: {issuer: 'https://id.internal', client_id: averment, client_secret: hush}\n",
    )
    facts = gather_facts(settings, commands=["ask"])
    text = facts.model_dump_json()
    assert not [word for word in (".internal", "secret-key", "hush", "anna", str(tmp_path)) if word in text]
    assert (facts.settings["model.endpoint"], facts.settings["catalog.url"]) == ("set", "set")
    assert facts.settings["retrieval.top_k"] == "8"
    assert [source.name for source in facts.connectors] == ["contracts"]


def test_prompts_decisions_and_lockfiles_are_cited_by_digest_and_found_again(tmp_path: Path) -> None:
    (tmp_path / "adr").mkdir()
    (tmp_path / "adr" / "0001-layout.md").write_text("# 0001: Layout\n")
    (tmp_path / "lock.txt").write_text("pydantic==2.12\n")
    settings = loaded(tmp_path, "report: {decisions: adr, lockfiles: [lock.txt]}\n")
    facts = gather_facts(settings, commands=[])
    store = installation_of(settings).store()
    cited = [*facts.prompts, *facts.lockfiles, *(decision.file for decision in facts.decisions)]
    assert [store.problem(file) for file in cited] == [None] * len(cited)
    assert {"write.j2", "plan.j2"} <= {prompt.path.rpartition("/")[2] for prompt in facts.prompts}
    assert [decision.title for decision in facts.decisions] == ["0001: Layout"]
    assert facts.lockfiles[0].path == "lock.txt"
    assert facts.lockfiles[0].sha256 == file_digest(tmp_path / "lock.txt")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"result\.json"):
        gather_facts(loaded(tmp_path, "report: {evaluations: [result.json]}\n"), commands=[])


def test_equal_settings_make_equal_facts(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "")
    assert gather_facts(settings, commands=["b", "a"]) == gather_facts(settings, commands=["a", "b"])
