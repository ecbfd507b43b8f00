"""The frame of reports: what sorts, and that nothing of a name becomes markup."""

from averment.evaluation.html_page import cell, page, sortable


def test_a_name_is_text_and_a_number_sorts_by_its_value() -> None:
    table = sortable(("<file>", "letters"), [("<b>a.pdf</b>", 1234), ("b.pdf", None)], bad=[1])
    assert "&lt;file&gt;" in table
    assert "<td class=words>&lt;b&gt;a.pdf&lt;/b&gt;</td><td data-value='1234'>1,234</td>" in table
    assert "<tr class=bad><td class=words>b.pdf</td><td>–</td></tr>" in table


def test_values_are_shown_as_people_read_them() -> None:
    assert cell(True).shown == "yes"
    assert cell(0.98765, digits=2).shown == "0.99"
    assert cell(0.98765).value == 0.98765


def test_a_page_loads_nothing_from_elsewhere() -> None:
    written = page("A & B", ["<p>x</p>"])
    assert "<title>A &amp; B</title>" in written
    assert "http" not in written
    assert "src=" not in written
