"""What enters the system is text."""

from dataclasses import replace
from typing import Any

import pytest

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, SearchRequest, Turn
from averment.core.errors import UsageError

WHO = Principal(subject="u-1", groups=("everyone",))


@pytest.mark.parametrize(
    "given",
    [
        {"question": "Which law\ud800?"},
        {"labels": ("yes", "n\udfffo")},
        {"conversation": (Turn(question="Which?", answer="\ud83d"),)},
        {"filters": Filters(file_name=("\udcff.pdf",))},
        {"filters": Filters(date_from="2026-01-0\ud800")},
        {"purpose": "\udc80"},
    ],
)
def test_half_of_a_pair_is_refused_wherever_it_stands(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"is U\+D[89C-F][0-9A-F]{2}, half of a pair"):
        replace(AnalysisRequest(question="Which law?", principal=WHO), **given)


def test_a_search_is_text_and_the_place_of_what_is_none_is_named() -> None:
    assert SearchRequest(query="law 𝄞 \u202e", principal=WHO, top_k=3).query == "law 𝄞 \u202e"
    with pytest.raises(UsageError, match="character 4 is"):
        SearchRequest(query="law\ud800", principal=WHO, top_k=3)
