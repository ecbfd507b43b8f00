"""The texts of the trial are the same every time, of many lengths, and none twice."""

from averment.pipelines.ingestion.embedding_samples import trial_texts


def test_the_texts_differ_and_span_what_chunks_span() -> None:
    texts = trial_texts()
    assert texts == trial_texts()
    assert len(set(texts)) == len(texts) >= 40
    lengths = sorted(map(len, texts))
    assert lengths[0] < 150
    assert 350 < lengths[len(lengths) // 2] < 700
    assert lengths[-1] > 1200
