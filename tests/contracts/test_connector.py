"""What every connector promises: stable listing, revisions that follow content, honest errors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from averment.connectors import FilesystemConnector
from averment.core.errors import SourceChanged, SourceItemTooLarge, SourceUnavailable
from averment.core.ports import Connector


@dataclass(frozen=True)
class Source:
    """A connector and the hands that change what it sees."""

    connector: Connector
    limited: Connector
    put: Callable[[str, bytes], None]
    remove: Callable[[str], None]
    vanish: Callable[[], None]


def filesystem(folder: Path) -> Source:
    root = folder / "source"
    root.mkdir()

    def put(name: str, content: bytes) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)

    def vanish() -> None:
        root.rename(folder / "elsewhere")

    return Source(
        connector=FilesystemConnector(root),
        limited=FilesystemConnector(root, max_item_bytes=4),
        put=put,
        remove=lambda name: (root / name).unlink(),
        vanish=vanish,
    )


@pytest.fixture(params=[filesystem], ids=["filesystem"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    yield request.param(tmp_path)


def test_listing_names_every_item_once_in_a_stable_order(source: Source) -> None:
    for name in ("b.txt", "a/ä ü.txt", "a/b/c.pdf"):
        source.put(name, name.encode())
    first = [item.ref for item in source.connector.list()]
    assert first == [item.ref for item in source.connector.list()]
    assert len({ref.uri for ref in first}) == 3
    assert all(ref.uri.startswith(source.connector.scope) for ref in first)
    assert all(ref.connector == source.connector.name for ref in first)


def test_reading_returns_the_bytes_that_were_listed(source: Source) -> None:
    source.put("a.txt", b"one")
    (item,) = source.connector.list()
    assert source.connector.read(item.ref) == b"one"
    with item.open() as stream:
        assert stream.read() == b"one"


def test_revision_follows_content_only(source: Source) -> None:
    source.put("a.txt", b"one")
    (before,) = source.connector.list()
    source.put("a.txt", b"one")
    (same,) = source.connector.list()
    source.put("a.txt", b"two")
    (changed,) = source.connector.list()
    assert before.ref.revision == same.ref.revision != changed.ref.revision


def test_an_item_changed_after_listing_is_not_read_as_the_old_one(source: Source) -> None:
    source.put("a.txt", b"one")
    (item,) = source.connector.list()
    source.put("a.txt", b"two")
    with pytest.raises(SourceChanged):
        source.connector.read(item.ref)
    source.remove("a.txt")
    with pytest.raises(SourceChanged):
        source.connector.read(item.ref)


def test_a_source_out_of_sight_is_an_error_and_not_an_empty_listing(source: Source) -> None:
    source.put("a.txt", b"one")
    source.vanish()
    with pytest.raises(SourceUnavailable):
        list(source.connector.list())


def test_an_item_over_the_limit_is_refused_with_its_size(source: Source) -> None:
    source.put("a.txt", b"12345")
    (item,) = source.limited.list()
    with pytest.raises(SourceItemTooLarge, match="5 bytes"):
        source.limited.read(item.ref)


def test_uris_leave_room_for_the_files_inside_files(source: Source) -> None:
    """`<uri>#…` is an attachment and `<uri>!/…` a member of an archive; no item's own uri may look like one."""
    for name in ("a#b.txt", "c!/d.txt", "e!.zip"):
        source.put(name, b"x")
    uris = [item.ref.uri for item in source.connector.list()]
    assert len(uris) == 3
    assert not any("#" in uri or "!/" in uri for uri in uris)
