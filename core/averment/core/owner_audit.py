"""The evidence log of another process: the audit port over the owner's socket.

One process writes the log. When the owner breaks off in the middle of an append, the event may have been made durable,
and the same happening must not stand in the log twice: each event carries an id, and the next owner looks for it
before it appends again.
"""

import base64
import binascii
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from averment.core.answers import Receipt
from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.clock import Clock, SystemClock, unix_ms
from averment.core.errors import AuditError, AuditWriteFailed, OwnerGone
from averment.core.ids import uuid7
from averment.core.owner import Caller, Handlers
from averment.core.owner_wire import JsonObject, JsonValue
from averment.core.ports import AuditSink

_RECEIPT_TEXTS: Final = ("origin", "leaf_hash", "entry", "checkpoint", "inclusion_proof")


class RemoteAuditSink:
    """The log of the process that owns it.

    Args:
        caller: The way to the owner: a client, a session, or the owner itself.
        clock: Supplies the time in the ids of events.
    """

    def __init__(self, caller: Caller, *, clock: Clock | None = None) -> None:
        self._caller = caller
        self._clock = clock or SystemClock()

    def append(self, event: AuditEvent) -> int:
        """Make an event durable and return its index.

        Raises:
            AuditWriteFailed: It could not be made durable, or the owner ended before it said so and there is no other.
        """
        message = _write_event(replace(event, id=event.id or uuid7(unix_ms=unix_ms(self._clock.now()))))
        try:
            return _index(self._append(message))
        except OwnerGone as error:
            raise AuditWriteFailed(
                f"the owner of the log ended while it wrote an event {event.type.value!r}",
                hint="run it again: what was finished stays; averment audit show says what was written",
            ) from error

    def find(self, event_id: str) -> int | None:
        """Return the index of the event of this id, or None."""
        found = self._caller.call("audit.find", {"id": event_id})
        return None if found.get("index") is None else _index(found)

    def receipt(self, index: int) -> Receipt:
        """Return the proof that the entry is covered by a signed checkpoint, signing one if need be."""
        found = self._caller.call("audit.receipt", {"index": index})
        origin, leaf_hash, entry, checkpoint, proof = (_text(found, name) for name in _RECEIPT_TEXTS)
        return Receipt(
            origin=origin,
            index=_index(found),
            leaf_hash=leaf_hash,
            entry=entry,
            checkpoint=checkpoint,
            inclusion_proof=proof,
        )

    def _append(self, message: JsonObject) -> JsonObject:
        try:
            return self._caller.call("audit.append", message)
        except OwnerGone as error:
            if not error.details.get("sent"):
                raise
        return self._caller.call("audit.append_once", message)


def audit_handlers(sink: AuditSink) -> Handlers:
    """Return the requests an owner answers for its log; for `Owner.serve`."""

    def append(params: JsonObject) -> JsonObject:
        return {"index": sink.append(_read_event(params))}

    def append_once(params: JsonObject) -> JsonObject:
        event = _read_event(params)
        with repeating:
            found = sink.find(event.id)
            return {"index": sink.append(event) if found is None else found}

    def find(params: JsonObject) -> JsonObject:
        return {"index": sink.find(_text(params, "id"))}

    def receipt(params: JsonObject) -> JsonObject:
        return asdict(sink.receipt(_index(params)))

    repeating = threading.Lock()
    return {"audit.append": append, "audit.append_once": append_once, "audit.find": find, "audit.receipt": receipt}


def _write_event(event: AuditEvent) -> JsonObject:
    return {
        "id": event.id,
        "type": event.type.value,
        "subject": event.subject,
        "purpose": event.purpose,
        "parents": list(event.parents),
        "data": _plain(event.data),
        "payloads": [
            {"name": payload.name, "content": base64.b64encode(payload.content).decode("ascii")}
            for payload in event.payloads
        ],
    }


def _read_event(found: JsonObject) -> AuditEvent:
    data, parents, payloads = found.get("data"), found.get("parents"), found.get("payloads")
    if not (isinstance(data, Mapping) and isinstance(parents, list) and isinstance(payloads, list)):
        raise _malformed("data, parents or payloads")
    try:
        kind = EventType(_text(found, "type"))
    except ValueError as error:
        raise _malformed("a known type") from error
    return AuditEvent(
        id=_text(found, "id"),
        type=kind,
        subject=_text(found, "subject"),
        purpose=_text(found, "purpose"),
        parents=tuple(_whole(parent) for parent in parents),
        data={key: _event_value(value) for key, value in data.items()},
        payloads=tuple(_read_payload(payload) for payload in payloads),
    )


def _read_payload(value: JsonValue) -> Payload:
    if not isinstance(value, Mapping):
        raise _malformed("a payload")
    try:
        content = base64.b64decode(_text(value, "content"), validate=True)
    except binascii.Error as error:
        raise _malformed("a payload's content") from error
    return Payload(name=_text(value, "name"), content=content)


def _plain(value: EventValue) -> JsonValue:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _event_value(value: JsonValue) -> EventValue:
    if isinstance(value, Mapping):
        return {key: _event_value(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_event_value(item) for item in value)
    if isinstance(value, float):
        raise _malformed("a whole number")
    return value


def _index(found: JsonObject) -> int:
    return _whole(found.get("index"))


def _whole(value: JsonValue) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _malformed("an index")
    return value


def _text(found: JsonObject, key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str):
        raise _malformed(key)
    return value


def _malformed(what: str) -> AuditError:
    return AuditError(
        f"a message about the evidence log lacks {what} where it is expected",
        hint="the owner of the log is of another version; stop it, then try again",
    )
