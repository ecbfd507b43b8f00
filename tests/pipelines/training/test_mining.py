"""Mined questions point at exact spans of documents as they are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.partition import partition
from averment.pipelines.training.material import read_document
from averment.pipelines.training.mining import MAX_EACH, mine, plain_title
from averment.pipelines.training.negatives import relevant

from .conftest import CLAUSES, made_document

DEFINED = """MASTER AGREEMENT

1. Definitions.

"Minimum Volume" means the number of units that the buyer shall order in each calendar year of the term.

2. Termination.

Either party may terminate this Agreement upon thirty days' written notice to the other party, for any reason.

3. Governing Law.

This Agreement shall be governed by and construed in accordance with the laws of the State of Utah, United States.
"""
TABLE = """<html><body><h1>Report</h1><p>Figures of the year in full, as they were stated by the company.</p><table>
<tr><th>Item</th><th>2023</th><th>2024</th></tr>
<tr><td>Net revenue</td><td>1,200</td><td>1,300</td></tr>
<tr><td>Cost of sales</td><td>800</td><td>900</td></tr>
</table></body></html>"""


@pytest.mark.slow
@given(st.integers(0, 30), st.integers(0, 9), st.integers(1, 5))
def test_every_mined_question_points_into_its_document(number: int, seed: int, max_each: int) -> None:
    document = made_document(number)
    found = mine(document, seed=seed, max_each=max_each)
    assert found == mine(document, seed=seed, max_each=max_each)
    assert all(sum(query.origin == origin for query in found) <= max_each for origin in ("heading", "topic", "term"))
    for query in found:
        ((start, end),) = query.spans
        assert 0 <= start < end <= len(document.text)
        assert document.text[start:end].strip() == document.text[start:end]
        assert relevant(query, document)
        assert query.asked


def test_headings_terms_and_topics_are_mined_in_their_words() -> None:
    document = made_document(0, DEFINED)
    found = {(query.origin, query.asked): query for query in mine(document, seed=0)}
    law = found["heading", "What does it say about governing law?"]
    assert document.text[slice(*law.spans[0])].startswith("3. Governing Law.")
    term = found["term", "What does “Minimum Volume” mean?"]
    assert document.text[slice(*term.spans[0])].startswith('Minimum Volume" means the number')
    assert ("topic", "termination?") in found
    assert ("topic", "governing law?") in found


def test_rows_of_tables_are_mined() -> None:
    document = read_document(partition(TABLE.encode(), name="t.html"), draft=made_document(0).version)
    mined = [query for query in mine(document, seed=0) if query.origin == "row"]
    assert {document.text[slice(*query.spans[0])] for query in mined} == {"1,200", "1,300", "800", "900"}
    assert any("net revenue" in query.asked and "2023" in query.asked for query in mined)


def test_headings_lose_their_numbers() -> None:
    assert plain_title("ARTICLE IV. TERM AND TERMINATION") == "TERM AND TERMINATION"
    assert plain_title("§ 12 Haftung") == "Haftung"
    assert len(CLAUSES) <= MAX_EACH
