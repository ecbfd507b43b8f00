from averment.compliance.documents.facts import ConnectorFacts
from averment.compliance.documents.log_view import LogView
from averment.compliance.documents.running import purposes_in_use, running_processing
from averment.core.audit import AuditEvent, EventType, EventValue
from tests.compliance.documents.builders import Place, facts

MAIL = ConnectorFacts(name="mailbox", kind="imap", readers=2, classification="internal")


def test_sources_purposes_and_flows_are_named(place: Place) -> None:
    with LogView(place.installation.evidence_dir) as log:
        assert running_processing(facts(connectors=(MAIL,)), log) == {
            "processing/flow/index.backend": "edge",
            "processing/flow/language model": "local",
            "processing/purpose/trial": "in use",
            "processing/source/filesystem": "read",  # not in the settings any more: the log saw it read
            "processing/source/mailbox": "imap internal",
        }


def test_a_purpose_that_was_retired_runs_no_more_until_it_is_created_again(place: Place) -> None:
    def after(kind: EventType) -> list[str]:
        with place.recorder() as recorder:
            recorder.append(AuditEvent(type=kind, subject="anna", data=_FACTS[kind]))
            recorder.seal()
        with LogView(place.installation.evidence_dir) as log:
            return purposes_in_use(log)

    assert after(EventType.PURPOSE_RETIRED) == []
    assert after(EventType.PURPOSE_CREATED) == ["trial"]


_FACTS: dict[EventType, dict[str, EventValue]] = {
    EventType.PURPOSE_RETIRED: {"purpose": "trial"},
    EventType.PURPOSE_CREATED: {"purpose": "trial", "mode": "trial", "assessment_digest": None},
}
