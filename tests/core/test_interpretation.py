"""An interpretation starts out empty, and is JSON."""

import json

from averment.core.interpretation import Interpretation, SurveyCoverage, SurveyedDocument
from averment.core.jsonable import to_json


def test_nothing_is_understood_nor_reranked_unless_said() -> None:
    found = Interpretation(want="one")
    assert (found.understood, found.survey, found.reranking.status) == ((), None, "off")


def test_what_was_looked_at_is_json() -> None:
    match = SurveyedDocument(document_id="d", title="T", anchors=((3, 9),))
    survey = SurveyCoverage(
        documents_in_scope=3, documents_looked_at=2, documents_matched=1, is_exhaustive=False, matches=(match,)
    )
    written = json.loads(json.dumps(to_json(Interpretation(want="list", survey=survey))))
    assert written["survey"]["matches"] == [{"document_id": "d", "title": "T", "anchors": [[3, 9]]}]
    assert (written["survey"]["documents_matched"], written["survey"]["is_exhaustive"]) == (1, False)
