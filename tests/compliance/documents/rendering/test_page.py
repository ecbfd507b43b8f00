import re
from html.parser import HTMLParser

import pytest

from averment.compliance.documents.filled import Block, Language
from averment.compliance.documents.rendering import page
from averment.compliance.documents.rendering.page import render_html, shown_evidence
from tests.compliance.documents.builders import PROVIDED, Place, peoples_yaml

HOSTILE = '<script>alert("x")</script>'


class Outline(HTMLParser):
    """Collects what a screen reader needs."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def outline(html: str) -> Outline:
    parsed = Outline()
    parsed.feed(html)
    return parsed


@pytest.mark.parametrize(("code", "language"), [("annex-iv", "en"), ("instructions", "de"), ("audit", "de")])
def test_a_page_can_be_read_aloud(place: Place, code: str, language: Language) -> None:
    html = render_html(place.make(code, language=language))
    found = outline(html)
    assert found.all("html") == [{"lang": language}]
    assert len(found.all("h1")) == len(found.all("title")) == 1
    assert len(found.all("caption")) == len(found.all("table")) > 2
    assert all(head.get("scope") in {"col", "row"} for head in found.all("th"))
    assert all(image.get("alt") for image in found.all("img"))
    targets = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
    assert {str(link["href"])[1:] for link in found.all("a")} <= targets


def test_the_same_document_is_the_same_page(place: Place) -> None:
    assert render_html(place.make("annex-iv")) == render_html(place.make("annex-iv"))


def test_every_field_status_limit_and_the_checkpoint_are_shown(place: Place) -> None:
    document = place.make("annex-iv")
    html = render_html(document)
    assert all(f'<section id="{key}">' in html for key in document.fields)
    assert "What this document does not establish" in html
    assert document.log.root in html
    assert "The Official Journal itself was not read." in html
    assert not re.search(r"\d\s?%", re.sub(r"<style>.*?</style>", "", html, flags=re.S))


def test_what_people_write_is_text_and_no_markup(place: Place) -> None:
    given = PROVIDED.replace("Words of people.", HOSTILE.replace('"', "'"))
    place.people("annex-v.yaml", peoples_yaml("annex-v", {"2": given}))
    html = render_html(place.make("annex-v"))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_colours_can_be_told_from_their_ground() -> None:
    css = page._STYLE.read_text(encoding="utf-8")
    light, dark = re.findall(r"--ink: (#\w+).*?--link: (#\w+)", css, flags=re.S), css.count("--paper:")
    assert (len(light), dark) == (2, 2)
    for block in re.findall(r":root \{[^}]*--ink[^}]*\}", css):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block))
        for name in {"ink", "faint", "ok", "missing", "stale", "out", "link"} & colours.keys():
            assert contrast(colours[name], colours["paper"]) >= 4.5, name


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_much_evidence_is_shown_by_its_ends() -> None:
    names = tuple(f"E{number}" for number in range(1, 10))
    assert shown_evidence(Block(made_by="people", text="T", evidence=names)) == ("E1", "E2", "E8", "E9")


def test_the_code_of_the_checkpoint_is_drawn_alike_each_time() -> None:
    drawn = page.qr_code("origin\n1\nroot\n")
    assert drawn is not None
    assert drawn.startswith(b"<?xml")
    assert drawn == page.qr_code("origin\n1\nroot\n")
