"""The provenance of analyses is read by the `prov` package and says who asked, what was used, what came out."""

import io
import json

from prov.model import ProvActivity, ProvAgent, ProvDocument

from averment.compliance.exports.provenance import provenance
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf, leaves
from tests.compliance.samples import DATA


def test_other_software_reads_it() -> None:
    document = ProvDocument.deserialize(io.StringIO(provenance(leaves()).decode()))
    assert len(list(document.get_records(ProvActivity))) == 1
    assert len(list(document.get_records(ProvAgent))) == 2


def test_an_answer_derives_from_every_cited_place_and_used_every_passage() -> None:
    told = json.loads(provenance(leaves()))
    data = DATA[EventType.ANALYSIS_COMPLETED]
    answer = f"averment:answer/{data['answer_id']}"
    (generated,) = told["wasGeneratedBy"].values()
    assert generated["prov:entity"] == answer
    derived = {item["prov:usedEntity"] for item in told["wasDerivedFrom"].values()}
    assert derived == {f"averment:place/{item['place']}" for item in data["citations"]}  # type: ignore[attr-defined]
    used = {item["prov:entity"] for item in told["used"].values()}
    assert used >= {f"averment:passage/{passage}" for passage in data["passages"]}  # type: ignore[attr-defined]


def test_an_analysis_whose_start_was_not_exported_has_an_end_only() -> None:
    told = json.loads(provenance([leaf(3, EventType.ANALYSIS_COMPLETED)]))
    (activity,) = told["activity"].values()
    assert "prov:startTime" not in activity
    assert activity["prov:endTime"] == "2026-01-02T03:04:03.678Z"


def test_entries_without_a_finished_analysis_make_an_empty_document() -> None:
    assert set(json.loads(provenance([leaf(0, EventType.SYSTEM_STARTED)]))) == {"prefix"}
