from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.errors import RecordNotFound
from averment.core.jsonable import Json
from averment.core.testing.backend import an_answer
from averment.core.testing.sealing import PlainTexts
from averment.service.analysis_store import AnalysisStore, RequestKey, open_analyses

REQUEST = AnalysisRequest(question="What is the term?", principal=Principal(subject="ada", groups=("everyone",)))
PROBLEM: dict[str, Json] = {"code": "X"}
KEY = RequestKey(digest="d", body="b", expires_at=100)


@pytest.fixture
def sealing() -> PlainTexts:
    return PlainTexts()


@pytest.fixture
def store(tmp_path: Path, sealing: PlainTexts) -> Iterator[AnalysisStore]:
    with open_analyses(tmp_path / "a.sqlite", sealing=sealing) as opened:
        yield opened


def test_what_is_kept_is_there_for_another_process(store: AnalysisStore, sealing: PlainTexts, tmp_path: Path) -> None:
    store.add("1", REQUEST)
    store.begin("1")
    store.note("1", "step", data={"number": 1})
    store.finish("1", "answer", status="completed", answer=an_answer("1"))
    with open_analyses(tmp_path / "a.sqlite", sealing=sealing) as again:
        kept = again.get("1")
    assert kept is not None
    assert (kept.request, kept.answer, kept.status, kept.n_runs) == (REQUEST, an_answer("1"), "completed", 1)
    assert [event for event, _ in kept.events] == ["step", "answer"]
    (_, step), (_, answer) = kept.events
    assert step == {"number": 1}
    assert isinstance(answer, dict)
    assert answer["id"] == "1"


def test_how_an_analysis_ended_is_its_last_event(store: AnalysisStore) -> None:
    store.add("1", REQUEST)
    store.finish("1", "error", status="failed", problem=PROBLEM)
    store.add("2", REQUEST)
    store.finish("2", "cancelled", status="cancelled")
    failed, cancelled = store.get("1"), store.get("2")
    assert failed is not None
    assert cancelled is not None
    assert (failed.problem, failed.events) == (PROBLEM, (("error", PROBLEM),))
    assert cancelled.events == (("cancelled", {"id": "2"}),)


def test_unfinished_ones_are_found_oldest_first_with_their_cancellation(store: AnalysisStore) -> None:
    for identity in ("3", "1", "2"):
        store.add(identity, REQUEST)
    store.begin("1")
    store.begin("1")
    store.cancel("3")
    store.begin("2")
    store.finish("2", "answer", status="completed", answer=an_answer())
    assert [(one.id, one.n_runs, one.is_cancelled) for one in store.unfinished()] == [("1", 2, False), ("3", 0, True)]
    store.put_back("1")
    assert [one.status for one in store.unfinished()] == ["queued", "queued"]


def test_a_key_names_its_analysis_until_it_expires_or_the_analysis_may_be_tried_again(store: AnalysisStore) -> None:
    owner = store.owner("ada")
    store.add("1", REQUEST, key=KEY)
    first = store.get("1")
    assert first is not None
    assert first.has_key
    assert store.made_by(KEY, owner=owner, now_s=99) == ("1", "b")
    assert store.made_by(KEY, owner=store.owner("eve"), now_s=99) is None
    assert store.made_by(KEY, owner=owner, now_s=100) is None
    for identity, problem, is_known in (("2", {"retryable": False}, True), ("3", {"retryable": True}, False)):
        store.add(identity, REQUEST, key=KEY)
        store.finish(identity, "error", status="failed", problem=problem)
        kept = store.get(identity)
        assert kept is not None
        assert kept.has_key == is_known


def test_only_what_is_over_is_removed_or_expires(store: AnalysisStore) -> None:
    for identity in ("1", "2", "3"):
        store.add(identity, REQUEST, key=KEY if identity == "1" else None)
    for identity in ("1", "3"):
        store.finish(identity, "cancelled", status="cancelled")
    assert store.expire(before="3") == 1
    assert [store.get(identity) is None for identity in ("1", "2", "3")] == [True, False, False]
    assert store.made_by(KEY, owner=store.owner("ada"), now_s=0) is None
    with pytest.raises(RecordNotFound):
        store.remove("2")
    store.remove("3")
    assert store.ids_of("ada", before=None, limit=9) == ["2"]


def test_an_erasure_takes_who_asked_and_whoever_names_them(
    store: AnalysisStore, sealing: PlainTexts, tmp_path: Path
) -> None:
    eve = Principal(subject="eve", groups=())
    store.add("1", REQUEST)
    store.add("2", AnalysisRequest(question="What does Anna Schmidt earn?", principal=eve))
    store.add("3", AnalysisRequest(question="And the rent?", principal=eve))
    store.finish("3", "answer", status="completed", answer=an_answer("3"))
    assert store.erase(store.owner("ada"), is_naming=lambda text: "Schmidt" in text) == 2
    assert [one.id for one in (store.get("1"), store.get("2"), store.get("3")) if one] == ["3"]
    assert b"Schmidt" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    sealing.erased.add(store.owner("eve"))
    assert store.get("3") is None
    assert store.erase(None, is_naming=lambda _: False) == 1
