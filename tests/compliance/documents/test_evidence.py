import pytest

from averment.compliance.documents.evidence import EvidenceList, content_evidence, file_digest, recheck
from averment.compliance.documents.filled import EntryEvidence, FileEvidence, Status
from averment.core.ids import sha256_id
from tests.compliance.documents.builders import DIGEST, PROVIDED, Place, peoples_yaml


def test_every_statement_of_the_system_cites_evidence_that_holds(place: Place) -> None:
    document, store = place.make("annex-iv"), place.installation.store()
    said = [block for field in document.fields.values() for block in field.blocks if block.made_by == "machine"]
    assert len(said) > 20
    cited = [document.evidence[name] for block in said for name in block.evidence]
    assert all(block.evidence for block in said)
    assert [problem for evidence in cited if (problem := store.problem(evidence))] == []


def test_fabricated_evidence_fails(place: Place) -> None:
    store = place.installation.store()
    entry = EntryEvidence(index=0, leaf_hash=DIGEST, type="key.created", time="")
    assert "another hash" in str(store.problem(entry))
    beyond = EntryEvidence(index=9999, leaf_hash=DIGEST, type="key.created", time="")
    assert "cannot be read" in str(store.problem(beyond))
    assert "gone" in str(store.problem(FileEvidence(place="compliance", path="nothing.pdf", sha256=DIGEST)))
    outside = FileEvidence(place="compliance", path="../evidence/policy.tlog-policy", sha256=DIGEST)
    assert "gone" in str(store.problem(outside))


@pytest.mark.parametrize(("after", "reason"), [(b"other", "was changed"), (None, "is gone")])
def test_a_provided_field_is_stale_when_its_evidence_changes_or_goes(
    place: Place, after: bytes | None, reason: str
) -> None:
    policy = place.people("policy.txt", "the policy")
    cited = PROVIDED.replace("}", f", evidence: [{{file: policy.txt, sha256: {file_digest(policy)}}}]}}")
    place.people("annex-iv.yaml", peoples_yaml("annex-iv", {"IV.2.e": cited}))
    document = place.make("annex-iv")
    assert document.fields["IV.2.e"].status is Status.PROVIDED
    if after is None:
        policy.unlink()
    else:
        policy.write_bytes(after)
    stale = recheck(document, place.installation.store()).fields["IV.2.e"]
    assert stale.status is Status.STALE
    assert reason in stale.reason
    assert place.make("annex-iv").fields["IV.2.e"].status is Status.STALE


def test_equal_evidence_has_one_name() -> None:
    cited = EvidenceList()
    first, second = content_evidence(b"a", path="a"), content_evidence(b"b", path="b")
    assert [cited.cite(first), cited.cite(second), cited.cite(first)] == ["E1", "E2", "E1"]
    assert list(cited.listed()) == ["E1", "E2"]
    assert first.sha256 == sha256_id(b"a")
