from averment.compliance.documents import registry
from averment.compliance.documents.kinds import kinds


def test_what_the_system_can_fill_has_a_collector() -> None:
    filled = {
        code for code, kind in kinds().items() if any(s.filled_by != "people" and not s.link for s in kind.fields)
    }
    without = {code for code in filled if registry.collector_of(code) is registry.collector_of("no such kind")}
    assert without == set()
