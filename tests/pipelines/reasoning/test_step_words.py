import json
import re
from pathlib import Path

import pytest

import averment.pipelines.reasoning
from averment.pipelines.reasoning.step_words import WORDS, summary_of

SOURCES = Path(next(iter(averment.pipelines.reasoning.__path__)))
I18N = Path(__file__).parents[3] / "service" / "averment" / "service" / "static" / "i18n"


def key_of(code: str) -> str:
    """Return the page's key for words of a code."""
    return f"step.{code}" if "." in code else f"step.did.{code}"


def test_a_fact_that_is_a_code_is_put_in_by_its_words() -> None:
    assert summary_of("escalating", {"hard": "schema", "place": "in_house"}) == (
        "Trying the second model, in-house: the first model's replies broke their form."
    )
    assert summary_of("first_stands", {"reason": "MDL002"}) == "The first answer stands: MDL002."
    assert summary_of("searched", {"passages": 3, "fresh": 0}) == "Searched: 3 passages, 0 of them new."


@pytest.mark.parametrize(("code", "facts"), [("unheard_of", {}), ("searched", {"passages": 3})])
def test_a_step_without_words_or_without_its_counts_is_refused(code: str, facts: dict[str, int]) -> None:
    with pytest.raises(KeyError):
        summary_of(code, facts)


def test_every_code_that_a_step_is_given_has_words_and_every_word_is_given() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py") if path.name != "step_words.py")
    assert {code for code in WORDS if f'"{code.rpartition(".")[2]}"' not in text} == set()
    assert set(re.findall(r'StepNote\(\s*code="(\w+)"', text)) <= set(WORDS)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_has_words_for_every_code_with_the_same_places(language: str) -> None:
    page = json.loads((I18N / f"{language}.json").read_text(encoding="utf-8"))
    for code, text in WORDS.items():
        shown = page[key_of(code)]
        assert sorted(re.findall(r"\{\w+\}", shown)) == sorted(re.findall(r"\{\w+\}", text)), code
        assert language != "en" or shown == text
