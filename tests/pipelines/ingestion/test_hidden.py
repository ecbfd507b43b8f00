"""Hidden texts are counted by reason."""

from averment.pipelines.ingestion.hidden import HiddenReason, count_hidden


def test_counts_are_of_texts_and_of_characters_by_reason() -> None:
    texts = [("a b", HiddenReason.TINY), ("cd", HiddenReason.TINY), ("e", HiddenReason.DELETED)]
    assert count_hidden(texts) == {"hidden_texts": 3, "hidden_characters_tiny": 4, "hidden_characters_deleted": 1}
    assert count_hidden([]) == {}
