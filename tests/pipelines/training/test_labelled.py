"""The customer's own labels: what a line may say, and what is refused with its number."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import AvermentError, ConfigurationError, DocumentNotFound
from averment.pipelines.training.examples import Material
from averment.pipelines.training.labelled import place_of, read_labelled
from averment.pipelines.training.material import TrainingDocument

from .conftest import made_document

DOCUMENT = made_document(0)


def _find(reference: str) -> TrainingDocument:
    if reference != "contract-0.txt":
        raise DocumentNotFound(f"no document is called {reference!r}")
    return DOCUMENT


def _read(tmp_path: Path, *rows: object) -> Material:
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
    return read_labelled(path, _find)


def test_questions_and_claims_are_read(tmp_path: Path) -> None:
    file = {"file_name": "contract-0.txt"}
    found = _read(
        tmp_path,
        {**file, "question": "Which law governs?", "quote": "governed by\n the laws of utah", "answer": "Utah"},
        {**file, "question": "Where?", "start": 3, "end": 9, "id": "second"},
        {**file, "question": "Is there an escrow?", "absent": True},
        {**file, "claim": "Utah law applies.", "label": "supported", "quotes": ["laws of Utah"]},
        {**file, "claim": "There is an escrow.", "label": "not_mentioned"},
    )
    first, second, third = found.queries
    assert DOCUMENT.text[slice(*first.spans[0])] == "governed by the laws of Utah"
    assert (second.query_id, second.spans) == ("second", ((3, 9),))
    assert third.spans == ()
    assert [claim.relation for claim in found.claims] == ["entailment", "neutral"]
    assert list(found.sources) == ["labels.jsonl"]
    assert found.sources["labels.jsonl"].startswith("sha256:")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question": "What?", "quote": "x"}, "line 1: no document"),
        ({"file_name": "contract-0.txt", "question": "What?"}, "either the place of the answer or absent"),
        ({"file_name": "contract-0.txt", "question": "What?", "quote": "not there"}, "quote 1 is not in the document"),
        ({"file_name": "contract-0.txt", "question": "What?", "start": 5, "end": 5}, "no place in a text"),
        ({"file_name": "contract-0.txt", "question": "", "quote": "laws"}, "question is '', expected a text"),
        ({"file_name": "contract-0.txt", "quote": "laws"}, "either a question or a claim"),
        ({"file_name": "contract-0.txt", "claim": "A", "label": "maybe"}, "label is 'maybe'"),
        ({"file_name": "contract-0.txt", "claim": "A", "label": "supported"}, "a place that decides it"),
        ({"file_name": "contract-0.txt", "question": "A", "qoute": "laws"}, "unknown fields 'qoute'"),
        ([1], "expected an object"),
    ],
)
def test_what_breaks_the_format_is_named_with_its_line(tmp_path: Path, row: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        _read(tmp_path, row)
    assert "not there" not in caught.value.message


def test_a_document_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentNotFound):
        _read(tmp_path, {"file_name": "other.txt", "question": "What?", "quote": "laws"})
    with pytest.raises(AvermentError):
        read_labelled(tmp_path / "none.jsonl", _find)


@given(st.data())
def test_a_quote_is_found_where_it_stands(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(DOCUMENT.text) - 30))
    quote = DOCUMENT.text[start : start + 30]
    place = place_of(quote.replace(" ", "\n  "), DOCUMENT.text)
    if quote.strip():
        assert place is not None
        assert DOCUMENT.text[slice(*place)].split() == quote.split()
