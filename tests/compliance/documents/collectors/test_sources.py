from averment.compliance.documents.evidence import file_digest
from averment.compliance.documents.filled import FileEvidence
from tests.compliance.documents.builders import Place, peoples_yaml


def test_the_peoples_file_is_cited_where_a_statement_rests_on_it(place: Place) -> None:
    rows = "[{class: death, aware_on: 2026-11-01}]"
    field = f"{{status: provided, rows: {rows}, owner: A, date: 2026-11-01}}"
    path = place.people("incident-i1.yaml", peoples_yaml("incident", {"73.class": field}))
    document = place.make("incident", subject="i1")
    (name,) = document.fields["73.clock"].blocks[0].evidence
    cited = document.evidence[name]
    assert cited == FileEvidence(place="compliance", path="incident-i1.yaml", sha256=file_digest(path))
