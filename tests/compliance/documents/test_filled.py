import pytest
from pydantic import ValidationError

from averment.compliance.documents.filled import Block, FilledField, Status, parse_document
from averment.core.errors import ConfigurationError
from tests.compliance.documents.builders import Place


def test_the_system_says_nothing_without_evidence() -> None:
    with pytest.raises(ValidationError, match="without evidence"):
        Block(made_by="machine", text="All is well.")
    assert Block(made_by="people", text="All is well.").evidence == ()


@pytest.mark.parametrize("status", [Status.MISSING, Status.STALE, Status.NOT_APPLICABLE])
def test_a_status_that_is_not_provided_has_a_reason(status: Status) -> None:
    with pytest.raises(ValidationError, match="without a reason"):
        FilledField(title="T", asks="?", filled_by="both", verified=True, status=status, reason=" ")


def test_a_provided_field_is_not_empty() -> None:
    with pytest.raises(ValidationError, match="provided and empty"):
        FilledField(title="T", asks="?", filled_by="both", verified=True, status=Status.PROVIDED)


def test_a_table_is_as_wide_as_its_head() -> None:
    with pytest.raises(ValidationError, match="not as wide"):
        Block(made_by="people", text="T", columns=("a", "b"), rows=(("1",),))


def test_a_document_is_read_back_and_cites_only_what_it_lists(place: Place) -> None:
    document = place.make("annex-iv")
    content = document.to_json()
    assert parse_document(content, name="annex-iv.json").to_json() == content
    with pytest.raises(ConfigurationError, match="does not list"):
        parse_document(content.replace(b'"E2"\n', b'"E999"\n', 1), name="annex-iv.json")
    with pytest.raises(ConfigurationError, match="no document of this version"):
        parse_document(b"{}", name="annex-iv.json")
