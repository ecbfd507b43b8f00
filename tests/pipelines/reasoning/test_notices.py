"""Every notice exists in both languages with the same places to fill."""

import re

from averment.pipelines.reasoning.notices import BUDGETS, NOTICES, counted, language_of, notice


def test_languages_have_the_same_places() -> None:
    for code, wordings in NOTICES.items():
        assert set(wordings) == {"en", "de"}, code
        places = {language: set(re.findall(r"{(\w+)}", text)) for language, text in wordings.items()}
        assert places["en"] == places["de"], code


def test_notices_hold_no_quotation_marks() -> None:
    assert not any(re.search(r"[“”„\"]", text) for wordings in NOTICES.values() for text in wordings.values())


def test_counts_are_written_with_their_noun() -> None:
    assert counted("documents", 1, "en") == "1 document"
    assert counted("documents", 3, "en") == "3 documents"
    text = notice("nothing_found", "en", documents=counted("documents", 1, "en"), sections="4 sections")
    assert "1 document read, 4 sections" in text
    assert set(BUDGETS) == {"steps", "tokens", "seconds"}


def test_language() -> None:
    assert language_of("What is the term of the lease?") == "en"
    assert language_of("Wie hoch ist die Miete im Vertrag?") == "de"
    assert language_of("???") == "en"
