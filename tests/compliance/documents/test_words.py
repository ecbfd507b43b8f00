import re
import string
from importlib import resources

import pytest
import yaml

from averment.compliance.documents.words import Words

TEXTS = yaml.safe_load((resources.files("averment.compliance.documents") / "words.yaml").read_text(encoding="utf-8"))
# A document states what is on record; that the law's requirements are met is for people to say.
CLAIMS = re.compile(r"\b(compliant|complies|certified|conforms|presumption of conformity|konform|zertifiziert)\b", re.I)


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_exists_in_both_languages_with_the_same_gaps() -> None:
    assert {key for key, texts in TEXTS.items() if set(texts) != {"en", "de"}} == set()
    assert {key for key, texts in TEXTS.items() if gaps(texts["en"]) != gaps(texts["de"])} == set()


def test_no_sentence_claims_that_the_law_is_met_or_gives_a_share() -> None:
    said = [text for texts in TEXTS.values() for text in texts.values()]
    assert [text for text in said if CLAIMS.search(text) or "%" in text] == []


def test_gaps_are_filled_and_must_be() -> None:
    assert Words("de")("software_seen", number=2).startswith("Zwischen")
    with pytest.raises(KeyError):
        Words("en")("software_seen")
    with pytest.raises(KeyError):
        Words("en")("no such sentence")
