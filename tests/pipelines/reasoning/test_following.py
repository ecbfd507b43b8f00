"""A contract is followed to what changes it, as far as the caller may read, from either end."""

from datetime import date
from typing import Any

import pytest

from averment.core.access import Filters, Principal
from averment.pipelines.reasoning import following
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.following import Followed, Follower
from averment.pipelines.reasoning.prepared import PreparedTexts
from tests.pipelines.reasoning.contracts_in_force import FIRST, MASTER, SECOND

ALICE = Principal(subject="alice", groups=("everyone",))
LEA = Principal(subject="lea", groups=("everyone", "legal"))


@pytest.fixture
def follow(new_desk: type[Any]) -> Any:
    desk = new_desk()
    for name, text, readers in (
        ("master", MASTER, ("everyone",)),
        ("first", FIRST, ("everyone",)),
        ("second", SECOND, ("legal",)),
    ):
        desk.corpus.add_contract(name, text, readers=readers)
    corpus = desk.corpus
    follower = Follower(corpus, catalog=corpus, texts=corpus, prepared=PreparedTexts())

    def followed(name: str, principal: Principal) -> Followed:
        document = next(item for item in corpus.visible(LEA, Filters()) if item.document_id == name)
        source = Source(document, text=corpus.text(document.text_hash), layout=corpus.layout(document.text_hash))
        found: Followed = follower.follow([source], principal=principal)
        return found

    return followed


@pytest.mark.parametrize("name", ["master", "first"])
def test_the_family_is_the_same_from_either_end(follow: Any, name: str) -> None:
    found = follow(name, LEA)
    family = found.family(name)
    assert family is not None
    assert family.base_id == "master"
    assert [(member.document_id, member.effective) for member in family.members] == [
        ("first", date(2023, 6, 1)),
        ("second", date(2025, 3, 1)),
    ]
    assert set(found.sources) == {"master", "first", "second"}


def test_what_the_caller_may_not_read_is_not_opened(follow: Any) -> None:
    found = follow("master", ALICE)
    assert set(found.sources) == {"master", "first"}
    assert found.family("second") is None


def test_no_more_amendments_are_opened_than_are_read_and_the_rest_is_counted(
    follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MAX_AMENDMENTS", 1)
    found = follow("master", LEA)
    assert (set(found.sources), found.n_unread) == ({"master", "second"}, 1)


def test_of_an_amendment_only_its_changes_are_part_of_the_contract(follow: Any) -> None:
    found = follow("master", LEA)
    source = found.sources["first"]
    read = [source.text[stretch.start : stretch.end] for stretch in found.stretches(source)]
    assert any("forty-five (45) days" in text for text in read)
    assert not any("laws of Austria" in text for text in read)
    assert [(stretch.start, stretch.end) for stretch in found.stretches(found.sources["master"])] == [(0, None)]
