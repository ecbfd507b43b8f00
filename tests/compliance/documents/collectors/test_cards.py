from averment.core.audit import EventType
from tests.compliance.documents.builders import Place, new_place


def test_training_here_is_shown_with_its_data_and_time(place: Place) -> None:
    assert place.make("data-cards").fields["10.data"].blocks[0].rows[0][1] == "reranker"
    assert "1500 seconds" in place.make("model-cards").fields["card.compute"].blocks[0].text


def test_that_nothing_was_trained_is_said(place: Place) -> None:
    other = new_place(place.root / "other", [EventType.SYSTEM_STARTED])
    assert "No model was trained" in other.make("model-cards").fields["card.compute"].blocks[0].text
