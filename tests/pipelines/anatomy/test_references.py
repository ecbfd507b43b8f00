"""Cross-references and the parts they lead to."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.references import _MENTION, _mentions, find_references, part_label

CONTRACT = """ARTICLE I
DEFINITIONS
1.1 Terms. As in Schedule A and Section 4.2(b).
ARTICLE IV
4.1 Price. Subject to Articles I and IV, and to Section 9.9.
4.2 Payment. As follows:
(a) at once;
(b) later, under Section 13 of the Securities Exchange Act.
SCHEDULE A
Goods of Exhibit 10.1.
"""
VERTRAG = """§ 1 Gegenstand
Es gilt § 5 Abs. 2 und Anlage 1, ferner § 433 BGB.
§ 5 Preise
(1) Der Preis ist fest.
(2) Er ist sofort fällig.
Anlage 1
Preisliste
"""


def targets(text: str) -> dict[str, str | None]:
    return {
        reference.label: None
        if reference.target_start is None
        else text[reference.target_start :].split("\n", maxsplit=1)[0]
        for reference in find_references(text, ())
        if not reference.is_external
    }


def test_parts_are_found_where_they_open() -> None:
    assert targets(CONTRACT) == {
        "schedule a": "SCHEDULE A",
        "section 4.2(b)": "(b) later, under Section 13 of the Securities Exchange Act.",
        "article 1": "ARTICLE I",
        "article 4": "ARTICLE IV",
        "section 9.9": None,
        "exhibit 10.1": None,
    }


def test_letters_ranges_and_items_lead_to_their_sections() -> None:
    text = "3. Price\n(a) fixed\nSee Section 3A, Sections 3-4 and item 4.1.\n4. Term\n4.1Begin at once.\n"
    assert targets(text) == {"section 3a": "(a) fixed", "section 3-4": "3. Price", "item 4.1": "4.1Begin at once."}


def test_the_end_of_a_sentence_and_other_papers_are_no_mentions() -> None:
    text = (
        "as in this Section.\nB. Notices under Section 9.4 thereof, Schedule 13D and Exhibit 1 to its Annual "
        "Report count.\n"
    )
    found = find_references(text, ())
    assert [(reference.label, reference.is_external) for reference in found] == [
        ("section 9.4", True),
        ("schedule 13d", True),
        ("exhibit 1", True),
    ]


def test_parts_of_this_report_are_its_own() -> None:
    text = (
        "See Item 8 of Part II of this Annual Report. Exhibits 32.1 accompany this Annual Report.\nItem 8. Statements\n"
    )
    assert not any(reference.is_external for reference in find_references(text, ()))


def test_german_parts() -> None:
    assert targets(VERTRAG) == {"section 5(2)": "(2) Er ist sofort fällig.", "anlage 1": "Anlage 1"}


def test_what_is_missing_is_unresolved_and_laws_are_not_missing() -> None:
    found = find_references(CONTRACT, ())
    assert [reference.label for reference in found if reference.is_unresolved] == ["section 9.9", "exhibit 10.1"]
    assert [reference.label for reference in found if reference.is_external] == ["section 13"]
    assert [reference.label for reference in find_references(VERTRAG, ()) if reference.is_external] == ["section 433"]


def test_a_heading_is_no_reference() -> None:
    assert find_references("Section 1. Price\nNothing.\nSection 2. Term\nNothing.", ()) == ()


@pytest.mark.parametrize(
    ("family", "number", "label"),
    [
        ("article", "XIV", "article 14"),
        ("section", "4.2 (b)(i)", "section 4.2(b)(i)"),
        ("schedule", "“A”", "schedule a"),
    ],
)
def test_labels_have_one_form(family: str, number: str, label: str) -> None:
    assert part_label(family, number) == label


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_reference_resolves_exactly_to_sections_that_are_there(sections: int, asked: int) -> None:
    text = "".join(f"{number}. Clause\nText.\n" for number in range(1, sections + 1)) + f"See Section {asked}.\n"
    (found,) = find_references(text, ())
    assert found.is_unresolved == (asked > sections)
    if found.target_start is not None:
        assert text[found.target_start :].startswith(f"{asked}. ")


@given(st.text(alphabet="Section 12.§Abs()ab,\nand ArticleIV", max_size=200))
def test_places_lie_within_the_text(text: str) -> None:
    for found in find_references(text, ()):
        assert 0 <= found.start < found.end <= len(text)
        assert found.target_start is None or 0 <= found.target_start < len(text)


@pytest.mark.slow
def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in ("Section 1, 2, 3 and ", "§ 1 ", "1.1 A\n", "(a) b\n", "Section 1 of the A ", "Articles I and "):
        find_references(unit * (60_000 // len(unit)), ())
    assert time.process_time() - begin < 20


@given(
    st.lists(
        st.sampled_from(["Section 4.2(b)", "party", "Art. 5", "§ 3", "Parts I and II", "İ", "note", "3", ", ", " "])
    )
)
def test_mentions_are_found_where_the_pattern_finds_them(parts: list[str]) -> None:
    text = " ".join(parts)
    assert [m.span() for m in _mentions(text)] == [m.span() for m in _MENTION.finditer(text)]
