"""Results can be written as JSON, for the command line and the service."""

import json

from averment.core.interpretation import Interpretation, NamedDocument
from averment.core.jsonable import to_json
from averment.pipelines.retrieval.results import RetrievalResult


def test_a_result_is_json() -> None:
    named = NamedDocument(document_id="d", title="T", coverage=0.9)
    result = RetrievalResult(
        passages=(), interpretation=Interpretation(want="one", documents=(named,)), timings={"route_s": 0.1}
    )
    written = json.loads(json.dumps(to_json(result)))
    assert written["interpretation"]["documents"] == [{"document_id": "d", "title": "T", "coverage": 0.9}]
