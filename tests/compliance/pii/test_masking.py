"""Masking takes out what its level names, marks the same the same, and keeps places."""

import re
from collections.abc import Sequence

import pytest

from averment.compliance.pii.kinds import Kind, Level, Span, settled
from averment.compliance.pii.masking import Masker
from averment.compliance.pii.names import find_names, repeated
from averment.compliance.pii.patterns import find_patterns
from averment.core.jsonable import Json

TEXT = (
    "Mr. John A. Smith (john@example.com) and Ms. Eva Klug (eva@example.com) agree. Smith pays to "
    "DE89 3704 0044 0532 0130 00, ISIN US0378331005; mail John@Example.com or use DE89370400440532013000."
)


def find(text: str) -> Sequence[Span]:
    found = settled([*find_patterns(text), *find_names(text)])
    return settled([*found, *repeated(text, found)])


def test_the_same_person_and_number_have_the_same_mark() -> None:
    masked = Masker(find, level=Level.PERSONS).mask(TEXT)
    assert masked.text == (
        "Mr. [PERSON 1] ([EMAIL 1]) and Ms. [PERSON 2] ([EMAIL 2]) agree. [PERSON 1] pays to "
        "[IBAN 1], ISIN US0378331005; mail [EMAIL 1] or use [IBAN 1]."
    )


def test_a_level_masks_its_kinds_alone_and_is_stated() -> None:
    contacts = Masker(find, level=Level.CONTACTS).mask(TEXT)
    assert "John A. Smith" in contacts.text
    assert "example.com" not in contacts.text.casefold()
    assert contacts.level is Level.CONTACTS
    assert Masker(find, level=Level.NONE).mask(TEXT).text == TEXT


@pytest.mark.parametrize("level", Level)
def test_places_lead_from_the_masked_text_to_the_original(level: Level) -> None:
    masked = Masker(find, level=level).mask(TEXT)
    rebuilt = masked.text
    for replaced in reversed(masked.replaced):
        assert masked.text[replaced.masked_start : replaced.masked_end] == replaced.mark
        original = TEXT[replaced.start : replaced.end]
        rebuilt = rebuilt[: replaced.masked_start] + original + rebuilt[replaced.masked_end :]
    assert rebuilt == TEXT


def test_numbering_goes_on_over_the_texts_of_one_export() -> None:
    masker = Masker(find, level=Level.PERSONS)
    assert masker.mask("Mr. John Smith").text == "Mr. [PERSON 1]"
    assert masker.mask("Ms. Eva Klug met Mr. John A. Smith").text == "Ms. [PERSON 2] met Mr. [PERSON 1]"
    assert masker.counts == {"person": 3}


def test_the_texts_of_an_answer_are_masked_together_and_its_ids_and_receipt_stay() -> None:
    def answer(question: str, quote: str) -> dict[str, Json]:
        claim: dict[str, Json] = {"quote": quote, "document_id": "a@example.com", "start": 3}
        kept: dict[str, Json] = {"id": "0190-212-555-0142", "receipt": {"origin": "log@example.com"}, "score": None}
        return {**kept, "question": question, "claims": [claim]}

    given = answer("What does Smith get?", "Mr. John Smith gets 5. \ue000")
    masked = answer("What does [PERSON 1] get?", "Mr. [PERSON 1] gets 5. \ue000")
    assert Masker(find, level=Level.PERSONS).mask_json(given) == masked


def test_nothing_recognised_reaches_from_one_text_of_an_answer_into_the_next() -> None:
    masked = Masker(find, level=Level.PERSONS).mask_json({"a": ["Telephone:", "212 555 0142"], "b": "born on"})
    assert masked == {"a": ["Telephone:", "212 555 0142"], "b": "born on"}


def test_masking_twice_changes_nothing() -> None:
    once = Masker(find, level=Level.PERSONS).mask(TEXT).text
    assert Masker(find, level=Level.PERSONS).mask(once).text == once
    assert re.fullmatch(r"[^@]*", once)


def test_a_kind_of_several_words_is_marked_in_words() -> None:
    masked = Masker(find, level=Level.CONTACTS).mask("geb. am 12.03.1985")
    assert masked.text == "geb. am [DATE OF BIRTH 1]"
    assert [found.kind for found in masked.replaced] == [Kind.DATE_OF_BIRTH]
