import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, SourceItem, SourceRef
from averment.pipelines.ingestion.changes import in_part, plan_changes
from averment.pipelines.stores.catalog_types import SourceState

VERSION = "p1"


def item(uri: str, revision: str, readers: tuple[str, ...] = ("everyone",)) -> SourceItem:
    return SourceItem(
        ref=SourceRef(connector="c", uri=uri, revision=revision),
        media_type="text/plain",
        size_bytes=1,
        title=uri,
        access=AccessLabel(readers=readers),
        open=io.BytesIO,
    )


def state(uri: str, revision: str, **changes: object) -> SourceState:
    known = SourceState(
        document_id=f"d-{uri}", source_uri=uri, revision=revision, content_hash="h", pipeline_version=VERSION,
        status=DocumentStatus.READY, access=AccessLabel(), is_unfinished=False,
    )  # fmt: skip
    return replace(known, **changes)  # type: ignore[arg-type]  # fields by name


listings = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("123"))


@given(listings, listings)
def test_changes_applied_to_the_catalog_give_the_source(source: dict[str, str], catalog: dict[str, str]) -> None:
    plan = plan_changes(
        [item(*pair) for pair in source.items()],
        {uri: state(uri, revision) for uri, revision in catalog.items()},
        pipeline_version=VERSION,
    )
    result = dict(catalog)
    for gone in plan.removed:
        del result[gone.source_uri]
    for work in plan.work:
        assert (work.change == "added") == (work.item.ref.uri not in catalog)
        result[work.item.ref.uri] = work.item.ref.revision
    assert result == source
    assert {kept.source_uri for kept in plan.unchanged} == {u for u in source if catalog.get(u) == source[u]}


def test_what_makes_an_item_be_read_anew() -> None:
    def is_work(known: SourceState, *, listed: SourceItem | None = None, full: bool = False) -> bool:
        plan = plan_changes([listed or item("a", "1")], {"a": known}, pipeline_version=VERSION, full=full)
        return bool(plan.work)

    assert not is_work(state("a", "1"))
    assert is_work(state("a", "1"), full=True)
    assert is_work(state("a", "1", pipeline_version="p0"))
    assert is_work(state("a", "1", is_unfinished=True))
    assert not is_work(state("a", "1"), listed=item("a", "1", readers=("legal",)))
    assert not is_work(state("a", "1", status=DocumentStatus.QUARANTINED))


READERS = st.lists(st.sampled_from(("legal", "hr", "board")), unique=True).map(tuple)


@pytest.mark.slow
@given(old=READERS, new=READERS, revision=st.sampled_from("12"))
def test_a_label_is_brought_up_to_the_item_before_anything_is_read(
    old: tuple[str, ...], new: tuple[str, ...], revision: str
) -> None:
    known = {uri: state(uri, "1", access=AccessLabel(readers=old)) for uri in ("mail", "mail#1-a.pdf")}
    plan = plan_changes([item("mail", revision, readers=new)], known, pipeline_version=VERSION)
    if set(old) == set(new):
        assert not plan.relabelled
        return
    assert [found.state.source_uri for found in plan.relabelled] == ["mail", "mail#1-a.pdf"]
    for found in plan.relabelled:
        assert found.is_final == (revision == "1")
        wanted = set(new) if found.is_final else set(old) & set(new)
        assert set(found.access.readers) == wanted, "the old text is for whom both labels allow"
    assert not plan.unchanged


def test_a_label_of_another_tenant_is_nobodys_until_the_item_is_read() -> None:
    moved = replace(item("a", "2"), access=AccessLabel(tenant="other"))
    (found,) = plan_changes([moved], {"a": state("a", "1")}, pipeline_version=VERSION).relabelled
    assert (found.access.tenant, found.access.readers) == ("default", ())


def test_attachments_follow_their_container() -> None:
    known = {uri: state(uri, "1") for uri in ("mail", "mail#1-a.pdf", "gone#1-b.pdf")}
    plan = plan_changes([item("mail", "1")], known, pipeline_version=VERSION)
    assert [gone.source_uri for gone in plan.removed] == ["gone#1-b.pdf"]
    assert not plan.work


@given(st.lists(st.text(min_size=1), unique=True), st.integers(1, 9))
def test_every_item_is_of_one_part(uris: list[str], parts: int) -> None:
    for uri in uris:
        assert sum(in_part(uri, part=part, parts=parts) for part in range(parts)) == 1
