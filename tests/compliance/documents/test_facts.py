from pathlib import Path

from averment.compliance.documents.evidence import EvidenceStore
from averment.compliance.documents.facts import fingerprints, keep_facts
from averment.compliance.documents.filled import FileEvidence
from tests.compliance.documents.builders import DIGEST, facts


def test_equal_facts_are_one_file_that_the_citation_fits(tmp_path: Path) -> None:
    cited = keep_facts(facts(), tmp_path)
    assert keep_facts(facts(), tmp_path) == cited
    assert len(list((tmp_path / "facts").iterdir())) == 1
    assert EvidenceStore(tmp_path, {"compliance": (tmp_path,)}).problem(cited) is None
    assert keep_facts(facts(commands=("other",)), tmp_path) != cited


def test_fingerprints_name_what_documents_must_keep_up_with() -> None:
    prompt = FileEvidence(place="software", path="pipelines/reasoning/prompts/plan.j2", sha256=DIGEST)
    found = fingerprints(facts(prompts=(prompt,)))
    assert found["prompt/plan.j2"] == DIGEST
    assert found["setting/retrieval.top_k"] == "8"
    assert found["model"].startswith("qwen3-8b sha256:")
    unused = facts().model_dump() | {"model": {**facts().model_dump()["model"], "is_used": False}}
    assert "model" not in fingerprints(facts(**unused))
