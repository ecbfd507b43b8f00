"""Limits and options are values that can be sent to a child process."""

import pickle

from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions


def test_they_pickle() -> None:
    pair = (ParseLimits(max_pages=3), ParseOptions(ocr=False))
    assert pickle.loads(pickle.dumps(pair)) == pair
