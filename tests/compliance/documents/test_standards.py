from averment.compliance.documents.standards import standards_evidence, standards_status
from tests.compliance.documents.builders import Place


def test_no_standard_is_cited_and_the_file_is_the_evidence(place: Place) -> None:
    status = standards_status()
    assert status.cited == ()
    assert place.installation.store().problem(standards_evidence()) is None
    cited = status.standards[0].model_copy(update={"ojeu_cited": True})
    assert status.model_copy(update={"standards": (cited, *status.standards[1:])}).cited == (cited,)
