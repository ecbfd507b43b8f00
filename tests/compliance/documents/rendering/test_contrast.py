"""Every colour of words on the page can be told from what is behind it (WCAG 2.2, criterion 1.4.3: 4.5 to 1)."""

import re
from importlib import resources

import pytest

STYLE = (resources.files("averment.compliance.documents.rendering") / "page.css").read_text(encoding="utf-8")
LEAST = 4.5
WORDS = ("ink", "faint", "ok", "missing", "stale", "out", "link")
BEHIND = ("paper", "head")


def schemes() -> list[dict[str, str]]:
    """Return the colours by name: the light ones, and the dark ones over them."""
    light, dark = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block)) for block in re.findall(r":root \{([^}]*)\}", STYLE)
    )
    return [light, light | dark]


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_that_of_the_criterion() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark"])
@pytest.mark.parametrize("behind", BEHIND)
def test_words_stand_out(scheme: dict[str, str], behind: str) -> None:
    weak = {word: contrast(scheme[word], scheme[behind]) for word in WORDS}
    assert {word: ratio for word, ratio in weak.items() if ratio < LEAST} == {}


def test_no_colour_stands_outside_the_schemes() -> None:
    rules = re.sub(r":root \{[^}]*\}", "", STYLE)
    assert re.findall(r"#[0-9a-f]{3,6}\b", rules) == []
