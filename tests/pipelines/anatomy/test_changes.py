"""What amendments order is read, in English and German; what orders nothing is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.changes import Change, find_changes


def only(text: str) -> Change:
    (change,) = find_changes(text)
    return change


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("Section 4.2 of the Deed is hereby amended and restated to read as follows: x", "replaces", "section 4.2"),
        ("Section 4.2 is hereby deleted and replaced with the following:\n\n4.2 Fees.", "replaces", "section 4.2"),
        ("The parties hereby amend and restate Section 9 of the Lease as follows: “9. Law.”", "replaces", "section 9"),
        ("Section 7.3 of the Master Services Agreement shall be deleted.", "deletes", "section 7.3"),
        ("A new Section 9.4 is hereby added to the Agreement as follows: “9.4 Audit.”", "adds", "section 9.4"),
        ("The first sentence of Section 4 is replaced with “Notice is 30 days.”", "amends", "section 4"),
        ("Section 5(b) is hereby amended by adding the words “in writing” at its end.", "amends", "section 5(b)"),
        ("In Table A of Section 16.1 the minimum cover is increased to £12,000,000.", "amends", "section 16.1"),
        ("Section 5 of the Deed shall be amended to delete the references to Section 2.", "amends", "section 5"),
        ("Section 2 of the Deed shall be deleted, and the other provisions shall be amended.", "deletes", "section 2"),
        ("§ 4 Abs. 2 des Vertrages wird wie folgt neu gefasst:\n„(2) Neu.“", "replaces", "section 4(2)"),
        ("Mit Wirkung ab dem 1. Januar 2025 erhält § 12 folgende Fassung: „§ 12 Ende.“", "replaces", "section 12"),
        ("§ 7 wird ersatzlos gestrichen.", "deletes", "section 7"),
        ("Nach § 11 wird folgender § 11a eingefügt: „§ 11a Prüfung.“", "adds", "section 11a"),
        ("Die Laufzeit des Vertrages wird bis zum 31. Dezember 2028 verlängert.", "amends", None),
        ("The term of the Agreement is hereby extended through December 31, 2027.", "amends", None),
    ],
)  # fmt: skip
def test_orders_are_read(text: str, kind: str, label: str | None) -> None:
    change = only(text)
    assert (change.kind, change.label) == (kind, label)


@pytest.mark.parametrize(
    "text",
    [
        "Section 13.3 of the Agreement is not changed.",
        "Sections 14 and 15 of the Agreement apply to this Amendment.",
        "The rules of interpretation in Section 1.2 of the Agreement apply to this Amendment.",
        "Except as amended hereby, Section 3 of the Agreement remains in full force and effect.",
        "§ 3 gilt unverändert.",
        "Supplier shall pay the fees under Section 4.",
    ],
)
def test_what_orders_nothing_is_no_change(text: str) -> None:
    assert find_changes(text) == ()


def test_new_text_ends_where_the_amendment_counts_on() -> None:
    text = (
        "1. Section 4.2 is hereby replaced with the following:\n\n“4.2 Fees. Fees (each a “Fee”) are due.\n\nLate fees "
        "bear interest.”\n\n2. Section 7 is hereby deleted.\n\n3. Everything else remains in full force and effect.\n"
    )
    first, second = find_changes(text)
    assert first.new_start is not None
    new = text[first.new_start : first.new_end]
    assert new.startswith(("“4.2 Fees.", "4.2 Fees."))
    assert new.rstrip().endswith("bear interest.”")
    assert (second.kind, second.new_start) == ("deletes", None)
    assert first.covers(text.index("Late fees"))
    assert not first.covers(text.index("Everything"))


def test_parts_that_are_restated_together_each_have_their_own_new_text() -> None:
    text = (
        "5.1 Sections 12.3 to 12.5 of the Agreement are restated as follows:\n12.3 One.\n12.4 Two.\n12.5 Three.\n"
        "6. Insurance\n6.1 Section 16 of the Agreement is deleted.\n"
    )
    found = {change.label: text[slice(change.new_start, change.new_end)].strip() for change in find_changes(text)}
    assert found["section 12.3"] == "12.3 One."
    assert found["section 12.4"] == "12.4 Two."
    assert found["section 12.5"] == "12.5 Three."
    assert set(found) == {"section 12.3", "section 12.4", "section 12.5", "section 16"}


def test_a_schedule_set_out_in_the_amendment_is_its_new_text_and_orders_nothing_itself() -> None:
    text = (
        "1. Schedule 2 of the Agreement is deleted and replaced by the Schedule 2 set out in this Amendment.\n\n"
        "Schedule 2\n\nThe fee in Section 3 of the Agreement is changed.\n"
    )
    change = only(text)
    assert change.new_start == text.rindex("Schedule 2")
    assert change.new_end == len(text)


def test_words_replaced_touch_only_the_sentences_that_hold_them() -> None:
    change = only(
        'In Section 2.1 of the Agreement the words "three (3) years" are replaced by the words "four (4) years".'
    )
    assert change.old == "three (3) years"
    assert change.touches("for a period of three (3)\nyears from today")
    assert not change.touches("for a period of two years")


def test_a_definition_changed_touches_only_sentences_with_its_term() -> None:
    change = only("The definition of “Territory” in Section 1.4 of the Agreement is amended to include Canada.")
    assert (change.label, change.term) == ("section 1.4", "Territory")
    assert change.touches("The Territory is France.")
    assert not change.touches("The Products are machines.")


def test_a_change_may_have_a_day_of_its_own() -> None:
    text = "Effective as of March 1, 2026, Section 8 is hereby amended and restated as follows: “8. Ends.”"
    assert only(text).effective_date == "2026-03-01"
    assert only("Section 8 of the contract of March 1, 2026 is hereby deleted.").effective_date is None


@given(st.text(max_size=400))
def test_any_text_is_read_without_failing_and_places_lie_within_it(text: str) -> None:
    for change in find_changes(f"Section 4 is hereby replaced with the following: {text}"):
        assert 0 <= change.start < change.end
        assert change.new_start is None or change.new_end is None or change.new_start <= change.new_end
