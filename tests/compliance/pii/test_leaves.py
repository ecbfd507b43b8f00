"""Logs hold no personal data by construction: planted values are refused in every field, and reach no file as text."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance.events import check_leaf
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.errors import AuditWriteFailed
from averment.evaluation.planted import planted_sentences
from tests.compliance.evidence import question_event
from tests.compliance.samples import DATA, SAMPLES
from tests.compliance.test_recorder import open_new

# The one field that takes words with spaces; parsers fill it with their own name and version.
WORDS = {"parser"}


def planted_values() -> list[str]:
    """Return names, addresses, e-mail addresses and numbers as texts write them: with a space, an @ or an umlaut."""
    values = {
        text.text[plant.start : plant.end]
        for language in ("en", "de")
        for text in planted_sentences(22, language, seed=11)
        for plant in text.plants
    }
    return sorted(value for value in values if not value.isascii() or " " in value or "@" in value)


def with_planted(value: object, planted: str) -> Iterator[object]:
    """Yield copies of a JSON value, each with one of its texts replaced."""
    if isinstance(value, str):
        yield planted
    elif isinstance(value, dict):
        for name, member in value.items():
            if name in WORDS:
                continue
            yield from ({**value, name: changed} for changed in with_planted(member, planted))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in with_planted(member, planted))


@pytest.mark.parametrize("kind", SAMPLES)
def test_no_field_of_any_event_takes_a_planted_value(kind: EventType) -> None:
    check_leaf(kind, SAMPLES[kind])
    for planted in planted_values()[::7]:
        for data in [*with_planted(DATA[kind], planted), {**DATA[kind], "note": planted}]:
            with pytest.raises(AuditWriteFailed) as refused:
                check_leaf(kind, {**SAMPLES[kind], "data": data})
            assert planted not in refused.value.message


def test_planted_values_reach_no_file_of_the_log_or_its_payloads_as_text(tmp_path: Path) -> None:
    values = planted_values()
    question = " ".join(values)
    with open_new(tmp_path) as recorder:
        event = question_event()
        recorder.append(
            AuditEvent(
                type=event.type,
                subject=values[0],
                purpose=event.purpose,
                data={**event.data, "groups": values[:8]},
                payloads=(Payload(name="question", content=question.encode()),),
            )
        )
        recorder.seal()
    held = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    assert [value for value in values if value.encode() in held] == []
