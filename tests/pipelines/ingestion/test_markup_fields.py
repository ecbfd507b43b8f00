"""What elements of HTML show by themselves, and what they hide."""

import pytest

from averment.pipelines.ingestion.partition import partition


@pytest.mark.parametrize(
    ("page", "shown", "hidden"),
    [
        ("<input value='Ada Lovelace'>", "Ada Lovelace", []),
        ("<input type=hidden value=secret><p>x", "x", []),
        ("<input type=checkbox checked> yes <input type=radio> no", "☒ yes ☐ no", []),
        ("<select><option>Bonn<option selected>Cologne</select>", "Cologne", ["Bonn"]),
        ("<select><option>Bonn<option>Cologne</select>", "Bonn", ["Cologne"]),
        ("<select multiple><option>Bonn<option>Cologne</select>", "Bonn\nCologne", []),
        ("<p>Fee <del>100</del> <ins>200</ins>", "Fee 200", ["100"]),
        ("<p>Fee <s>100</s> 200", "Fee 200", ["100"]),
        ("<p>Fee <span style='text-decoration:line-through'>100</span> 200", "Fee 200", ["100"]),
        ("<p>x<dialog>shut</dialog><dialog open>open</dialog>", "x\nopen", ["shut"]),
        ("<p>x</p><svg><title>t</title><text>drawn 5</text></svg>", "x\ndrawn 5", []),
        ("<p>x</p><iframe srcdoc='<p>framed 7</p>'>no frames</iframe>", "x\nframed 7", []),
        ("<p>x<video>no video</video><canvas>no canvas</canvas>", "x", []),
        ("<p>x<button>Send</button>y", "x Send y", []),
    ],
)
def test_what_is_shown(page: str, shown: str, hidden: list[str]) -> None:
    parsed = partition(f"<html><body>{page}</body></html>".encode(), name="a.html")
    seen = [element.text for element in parsed.elements if not element.is_hidden]
    assert "\n".join(seen) == shown
    assert [element.text for element in parsed.elements if element.is_hidden] == hidden
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary


@pytest.mark.slow
def test_a_list_of_very_many_choices_takes_no_time() -> None:
    page = "<html><body><select>" + "<option>x" * 20_000 + "</select></body></html>"
    parsed = partition(page.encode(), name="a.html")
    assert parsed.warnings["hidden_texts"] == 19_999
