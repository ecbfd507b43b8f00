"""Headings, sections and boundaries by rules."""

from averment.core.documents import Element, ElementKind, ParsedDocument
from averment.pipelines.ingestion.structure import Heading, Outline, boundaries, outline

CONTRACT = """MASTER SERVICES AGREEMENT

ARTICLE I
DEFINITIONS

1.1 Affiliate. Any entity that controls a party,
Section 4.2 above notwithstanding.

Section 2.1 Fees. The Client shall pay within 30 days.
2.1 shall not apply to
expenses.

EXHIBIT A
PRICE LIST

§ 3 Haftung. Der Anbieter haftet unbeschränkt.
"""


def parsed(text: str, *headings: str) -> ParsedDocument:
    elements = tuple(
        Element(
            id=str(n), kind=ElementKind.HEADING, text=line, start=text.index(line), end=text.index(line) + len(line)
        )
        for n, line in enumerate(headings)
    )
    return ParsedDocument(text=text, elements=elements, media_type="text/plain", parser="test")


def path_at(text: str, words: str, *headings: str) -> tuple[str, ...]:
    return outline(parsed(text, *headings)).path(text.index(words))


def test_sections_nest() -> None:
    assert path_at(CONTRACT, "Any entity")[-1] == "1.1 Affiliate"
    assert "ARTICLE I" in path_at(CONTRACT, "Any entity")
    assert path_at(CONTRACT, "The Client shall")[-1] == "Section 2.1 Fees"
    assert path_at(CONTRACT, "Der Anbieter")[0] == "EXHIBIT A"
    assert path_at(CONTRACT, "Der Anbieter")[-1] == "§ 3 Haftung"


def test_a_cross_reference_at_the_start_of_a_line_opens_no_section() -> None:
    titles = [heading.title for heading in outline(parsed(CONTRACT)).headings]
    assert not any("4.2" in title for title in titles)
    assert not any(title.startswith("2.1 shall") for title in titles)


def test_a_running_title_is_no_section() -> None:
    page = "ACME CONFIDENTIAL DRAFT\nSome text of the page that goes on for a while.\f"
    assert outline(parsed(page * 6)).headings == ()


def test_a_table_of_contents_gives_way_to_the_sections_themselves() -> None:
    text = "ARTICLE I TERM\nARTICLE II FEES\n\n" + "ARTICLE I TERM\n" + "x " * 300 + "\nARTICLE II FEES\n" + "y " * 300
    found = outline(parsed(text))
    assert [heading.start for heading in found.headings] == [text.rindex("ARTICLE I TERM"), text.rindex("ARTICLE II")]


def test_prose_in_capitals_is_no_heading() -> None:
    text = (
        "5.2 Disclaimer. WITH THE EXCEPTION OF THE EXPRESS WARRANTY PROVIDED\n"
        "ACCURACY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED AND EXCLUDED\n"
        "AND NO OTHER WARRANTY OF WHATEVER KIND IS GIVEN BY ANY PARTY.\n"
    )
    assert [heading.title for heading in outline(parsed(text)).headings] == ["5.2 Disclaimer"]


def test_a_heading_the_parser_marked_counts_unless_it_reads_like_a_sentence() -> None:
    text = "Liquidity\nWe have cash. It suffices for a year, as described in Section 4.2 above. All other amounts.\n"
    found = outline(parsed(text, "Liquidity", "We have cash. It suffices"))
    assert [heading.title for heading in found.headings] == ["Liquidity"]


def test_filings_have_items_and_notes() -> None:
    text = "PART I\nItem 1. Financial Statements\nNote 3 – Inventories\nInventories consist of parts.\n"
    assert path_at(text, "consist") == ("Item 1. Financial Statements", "Note 3 – Inventories") or path_at(
        text, "consist"
    )[-1].startswith("Note 3")


def test_before_the_first_heading_there_is_no_section() -> None:
    found = Outline([Heading(start=10, level=1, title="A")])
    assert found.path(9) == ()
    assert found.path(10) == ("A",)


def test_boundaries_ascend_and_rank_sections_above_paragraphs() -> None:
    document = parsed(CONTRACT)
    headings = outline(document).headings
    found = boundaries(document, headings)
    starts = [mark.start for mark in found]
    assert starts == sorted(set(starts))
    assert {mark.strength for mark in found if mark.start in {h.start for h in headings}} == {3}


def _prose(word: str) -> str:
    return f"{word} " * 60 + "end.\n"


MANAGEMENT = "Management's Discussion and Analysis of Financial Condition and Results of Operations"
FILING = f"""PART I
Item 1. Financial Statements 3
Item 2. {MANAGEMENT} 14
Item 4. Controls and Procedures 21
PART II
Item 1. Legal Proceedings 22

PART I
Item 1. Financial Statements
BALANCE SHEETS
{_prose("figures")}Note 1 - Policies
Earnings Per Share
{_prose("shares")}Note 2 - Revenue
{_prose("sales")}Item 2. {MANAGEMENT}
Liquidity
{_prose("cash")}Item 4. Controls and Procedures
{_prose("controls")}PART II
Item 1. Legal Proceedings
{_prose("suits")}"""


def test_parts_of_filings_hold_items_items_notes_and_notes_their_captions() -> None:
    captions = ("Earnings Per Share", "Liquidity")
    assert path_at(FILING, "shares shares", *captions) == (
        "PART I", "Item 1. Financial Statements", "Note 1 - Policies", "Earnings Per Share",
    )  # fmt: skip
    assert path_at(FILING, "sales sales", *captions)[2:] == ("Note 2 - Revenue",)
    path = path_at(FILING, "cash cash", *captions)
    assert path[1].startswith("Item 2. Management's Discussion and Analysis of Financial Condition")
    assert path[2:] == ("Liquidity",)
    assert path_at(FILING, "suits suits", *captions) == ("PART II", "Item 1. Legal Proceedings")


def test_a_filings_table_of_contents_is_no_section() -> None:
    titles = [heading.title for heading in outline(parsed(FILING)).headings]
    assert titles.count("PART I") == titles.count("PART II") == 1
    assert not any(title.endswith(("14", "22")) for title in titles)


def test_numbers_of_a_list_within_a_clause_open_no_section() -> None:
    text = (
        f"4. SERVICES\n4.1 Implementation. The steps are:\n2. Install. {_prose('a')}3. Test. {_prose('b')}"
        f"4.2 Support. {_prose('c')}5. FEES\n{_prose('d')}EXHIBIT A\n1. Prices. {_prose('e')}"
    )
    titles = [heading.title for heading in outline(parsed(text)).headings]
    assert titles == ["4. SERVICES", "4.1 Implementation", "4.2 Support", "5. FEES", "EXHIBIT A", "1. Prices"]


def test_points_of_a_list_in_capitals_are_no_sections() -> None:
    titles = [heading.title for heading in outline(parsed("3. Cards.\n• MORGAN\n• CHASE FREEDOM\n4. Fees.\n")).headings]
    assert titles == ["3. Cards", "4. Fees"]
