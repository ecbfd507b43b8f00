"""The page in a bundle shows its entries to people, and nothing of them is taken for markup."""

from averment.compliance.bundle_page import MAX_ROWS, bundle_page
from averment.compliance.events import Leaf
from averment.compliance.log.checkpoint import Checkpoint
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf, leaves

CHECKPOINT = Checkpoint(origin="tests.example/log", size=9, root=b"r" * 32)


def page(entries: list[Leaf], kind: str = "slice") -> str:
    return bundle_page(entries, checkpoint=CHECKPOINT, kind=kind)


def test_every_entry_has_a_row_and_every_kind_is_counted() -> None:
    text = page(leaves())
    assert text.count('<th scope="row">') == 2 * len(EventType)
    assert "tests.example/log" in text
    assert "does not establish" in text
    assert page(leaves()) == text


def test_a_fact_is_never_markup() -> None:
    odd = leaf(0, EventType.SYSTEM_STOPPED) | {"data": {"reason": "<script>x</script>"}, "purpose": "<b>"}
    assert "<script>" not in page([odd])
    assert "&lt;b&gt;" in page([odd])


def test_of_a_long_log_the_newest_entries_are_shown_and_that_is_said() -> None:
    text = page([leaf(number, EventType.SYSTEM_STOPPED) for number in range(MAX_ROWS + 1)], kind="log")
    assert f"The newest {MAX_ROWS} of {MAX_ROWS + 1} entries" in text
    assert '<th scope="row">0</th>' not in text
    assert f'<th scope="row">{MAX_ROWS}</th>' in text
