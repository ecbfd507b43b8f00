from averment.core.access import AccessLabel
from averment.evaluation.corpus import EVALUATOR
from averment.evaluation.hostile_corpus import OPEN, hostile_documents


def test_the_asker_may_read_the_first_document_alone() -> None:
    first, *closed = hostile_documents(1)
    assert (first.name, first.access) == (OPEN, AccessLabel())
    assert {(one.access.tenant, one.access.readers) for one in closed} == {
        ("default", ("board",)),
        ("elsewhere", ("everyone",)),
    }
    assert "board" not in EVALUATOR.groups


def test_secrets_stand_in_their_document_alone_and_follow_from_the_seed() -> None:
    documents = hostile_documents(7)
    for one in documents:
        others = " ".join(other.text for other in documents if other is not one)
        assert all(word in one.text and word not in others for word in one.secrets)
    assert documents == hostile_documents(7)
    assert documents != hostile_documents(8)
