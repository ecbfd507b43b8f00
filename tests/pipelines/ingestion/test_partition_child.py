"""The child process's own work: whatever a parser raises becomes an answer."""

import pytest

from averment.core.errors import DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion import partition_child
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions

SETTINGS = (ParseLimits(), ParseOptions())


@pytest.mark.parametrize(
    ("raised", "answer"), [(MemoryError(), DocumentLimitExceeded), (ZeroDivisionError("content"), PartitionFailed)]
)
def test_any_exception_becomes_an_answer_without_content(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException, answer: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(partition_child, "partition", fail)
    result = partition_child._serve(b"x", "a.txt", None, SETTINGS)
    assert isinstance(result, answer)
    assert "content" not in str(result)
