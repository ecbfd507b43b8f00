"""The leaves of the log: which facts each kind of event states, and how they become canonical bytes.

A leaf is JSON in its canonical form (RFC 8785) with the members schema, type, id, time, seq, system, actor, purpose,
parents, data and commitments. One JSON Schema per event type, in `schemas/`, says what `data` holds; nothing else is
accepted. A leaf holds codes, counts, ids and digests. Text, names and file names stay out: texts travel as payloads,
and fields that a schema marks `x-averment-keyed` are given as text by the emitter and reach the leaf as
`hmac-sha256:` digests, under the pseudonym key (`log`, equal for equal texts, so that a file can be followed) or under
a key of subject and entry (`entry`, of no use once the subject's key is destroyed).

What an emitter puts into `AuditEvent.data` (`?` = may be null or absent; keyed = give the text; digests are
`sha256:<hex>`):

- `system.started`: mode (trial, assessed), settings_digest, recovered_entries, discarded_bytes, python?
- `system.stopped`: reason
- `config.changed`: section, before?, after (digests)
- `model.loaded`: role (language, embedder, sparse, reranker, verifier, ocr), model, revision?, weights_digest?,
  quantisation?, engine?, engine_version?, profile_digest?, arguments_digest? (of the engine's command line), adapter?,
  adapter_digest?
- `model.trained`: role (embedder, reranker, verifier), model, base, data, split (digests), examples, documents,
  documents_held_out, steps, duration_ms
- `model.admitted`: role, model, training, before, after (digests: of the model, its record, and the two results),
  alpha_ppm, comparisons
- `ingest.document.parsed`: document_id, content_hash, text_hash, source (keyed by log: the URI), media_type, kind,
  version, pages?, chars, chunks, ocr_pages, parser, pipeline_version, duration_ms, arithmetic? (of its vectors: engine
  and precision), readers?, n_readers?, tenant? (as below: who may read it from now on), and the account of the
  completeness certificate where there is one: certificate (complete,
  incomplete), second_reading, second_reading_chars, accounted_chars, left_out_chars, unaccounted_chars, added_chars,
  disordered_words
- `ingest.document.rejected`: document_id?, content_hash?, source (keyed by log), code, stage, page?, retryable, and the
  account of the certificate where there is one
- `ingest.document.deleted`: document_id, content_hash?, reason, chunks?
- `ingest.document.masked`: document_id, content_hash, before, text_hash (digests of the two texts), version, spans
- `ingest.document.relabelled`: document_id, readers (a list, each keyed by log, at most 256), n_readers, tenant
  (keyed by log), is_final (false where only those who could read it before and after may, until it is read anew)
- `ingest.document.released`: document_id, content_hash, code (of the reason set aside); payload `reason`
- `retriever.index.changed`: change (begun, switched, rolled-back, dropped), index, before? (the index that served),
  model, dimension, pipeline_version, documents?, quarantined?
- `ingest.completed`: run_id, connector, status (ok, partial, failed), added, changed, unchanged, removed, quarantined,
  failed, chunks, duration_ms, index_version?
- `analysis.started`: answer_id, mode, channel (cli, api, chat, batch), answer_type?, as_of? (the day whose text in
  force is asked for), filters_digest?, groups (a list, each keyed by log; may be absent), pipeline_hash?,
  index_version?, model?, model_revision?, profile_digest?, turns? (of the conversation that it follows), and what the
  gate said: gate? (allowed, flagged, blocked), classification?, assessment_digest?; payloads `question`, `request`
  (filters, groups, conversation: for replay)
- `analysis.completed`: see `averment.compliance.answer_record`, which makes the data from an answer; payloads `answer`
  and, of a question that leans on earlier ones, `asked_as`: the question as it was answered
- `analysis.failed`: answer_id, code, stage (answer; release: it was completed, its parent, and reached nobody),
  retryable, duration_ms?
- `search.executed`: channel, filters_digest?, groups (as above), top_k, passages (chunk ids, at most 256), n_passages,
  index_version?, duration_ms; payload `query`
- `access.read`: answer_id, reason (replay, follow-up, export); its parent is the entry whose payload is read
- `access.exported`: kind (bundle, jsonl, csv, ocsf, prov, cyclonedx, oscal, report, answers, subject), size?,
  n_entries, filters_digest?, reason?, includes_policy, report? (the kind of document), content? (digest of its JSON, or
  of the file), masking? (no-texts, none, contacts, persons), marking? (marked, nothing-generated, internal: why a file
  has or lacks the mark of generated content)
- `access.revoked`: kind (subject, token), name (keyed by log: the principal's subject or the token's id), sessions (how
  many ended)
- `access.signed-in`: way (issuer, key, link); the actor is who signed in
- `access.refused`: code (of the error), way (what was presented: issuer, key, link, session, token), stages (routes,
  written with dots, at most 16), count, seconds (over which they came; 0 for the first, which is recorded at once); the
  actor is who was refused where that is known
- `access.searched`: filters_digest, size (of the log); the entries of a person are looked for
- `purpose.created`: purpose, mode, assessment_digest?
- `purpose.assessed`: purpose, record (digest), assessment_digest, before? (digest of the assessment that it replaces),
  result (not-high-risk, exempt, high-risk), because (codes), profiling, impact_assessment (owed), signer (digest of the
  key)
- `purpose.retired`: purpose
- `guardrail.hit`: answer_id?, guard (use), outcome (flagged, blocked), codes (what was recognised, at most 64); its
  parent is the start of the analysis; none for a search
- `notice.shown`: notice (article-50-1), channel, shown (false where the purpose records why it is obvious), version
- `mark.applied`: answer_id?, format (answer, json, html, docx, pdf, zip), content (digest of what is marked),
  source_type, key (digest of the key)
- `key.created`: kind (log, wrapping, pseudonym, subject, case, signer, access), key (digest that names it)
- `key.destroyed`: kind and key as above, reason (revoked, lost, erased)
- `hold.placed`: hold_id, target (answer, document, entries, entry, matter, subject), reference (an id; of a subject the
  pseudonym), retention (hold, doc-10y), ground, until? (a day); payload `reason`
- `hold.released`: hold_id, reason; its parent is the entry that placed it
- `erasure.requested`: request_id, person? (pseudonym), n_names (spellings looked for), ground
- `erasure.refused`: request_id, person?, ground, holds (ids)
- `erasure.exempted`: request_id, document_id, ground
- `erasure.executed`: request_id, person?, ground, first_entry?, last_entry?, entries, payloads, payloads_in_part,
  documents_removed, documents_masked, documents_kept, stores, unreached, files_remaining, backups_until?, certificate
- `log.continued`: year, size, root (of the last checkpoint before the year's shard, whose first entry this is)
- `retention.pruned`: before, minimum_index (the first entry kept before and after), entries, payloads, months,
  legal_basis?, policy (digest of the retention settings)
- `review.opened`: review_id, answer_id, reasons (codes: drawn, status:…, warning:…, value:…, low-confidence),
  n_reviewers, policy (digest); payload `plan`: what the reviewers are not to know, whether an error is planted
- `review.taken`: review_id, answer_id
- `review.closed`: review_id, answer_id, round, is_final, decision (accept, edit, override, reject), reason,
  seconds_viewed, difference? (keyed by entry: the lines that an edit or an override changed), planted? (with the final
  decision: figure, citation), flags; payload `correction` of an edit or an override
- `oversight.stop`: scope (all, or the event's purpose), reason
- `oversight.resumed`: scope, reason, lifted (how many stops)
- `use.suspended`: case, scope, reason
- `incident.opened`: case, kind (incident, risk), role (provider, deployer), aware_at, reason, system (digest of what
  answers), answers (ids, at most 64); payload `description`
- `incident.classified`: case, class, basis (the paragraph), is_reported, days?, deadline?, equivalent_duty, verified
- `evidence.frozen`: case, first, until (a range of entries)
- `notification.sent`: case, recipient (provider, importer, distributor, authority), outcome (informed, unreachable,
  not-applicable), informed_at
- `incident.reported`: case, kind (initial, complete), is_late, missing (fields without a value); payload `report`
- `incident.closed`: case, reason
- `explanation.issued`: answer_id, question (full, masked, withheld), elements, human (decided, undecided, none)
- `eval.thresholds`: evaluation, content (digest of the file), signature (digest of the envelope),
  thresholds (figure, bound: at-least or at-most, value)
- `eval.run`: evaluation, result (digest of the file), started_at, data? (digest of what was measured on), seed?, models
  (role, model), figures (figure, value; at most 256), n_figures
- `eval.signed`: content (digest of a result or of thresholds), signature (digest of the envelope)
- `metric.window`: from, until, reference_from?, reference_until?, plan? (digest of the people's part of the monitoring
  plan), alpha_ppm, min_n, slow_ms, indicators (indicator, n, count, reference_n?, reference_count?, threshold?, p_ppm?
  after correction and rounded up, outcome: within, breached, too-few, no-reference, no-threshold)
- `threshold.breached`: breach, indicator, threshold, n, count, p_ppm; its parent is the window
- `risk.registered`: breach, hazard; its parent is the breach, as it is of the next two
- `risk.treated`: breach, action; payload `description`
- `risk.closed`: breach, reason
- `feedback.given`: answer_id, verdict (correct, wrong, remark); its parent is the answer's entry; payload `comment`
- `error`: code, stage (the route, written with dots), retryable, cause? (the class of what failed)

Codes match `[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}`; names of models, engines and media types may hold up to two slashes
inside and end in the digest of the weights; a name that is none, such as a path, is replaced by its digest; counts
are whole numbers from 0; there are no fractions in a leaf: shares are parts per million (`_ppm`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, cast

from averment.compliance.log.layout import MAX_ENTRY_BYTES
from averment.compliance.schema_check import Check, Keyer, Keying, Schema, SchemaCompiler
from averment.core.audit import EventType, EventValue
from averment.core.errors import AuditIntegrityError, AuditWriteFailed

LEAF_SCHEMA: Final = "averment.event/1"
DEFINITIONS: Final = "definitions"

_NAME: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}){0,2}(@sha256:[0-9a-f]{8,64})?"
)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))

Leaf = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """What is known about one event type: its schema, the check made from it, and its keyed fields."""

    schema: Schema
    check: Check
    keying: Keying | None


@cache
def schema_documents() -> Mapping[str, Schema]:
    """Return the packaged schemas by their `$id`."""
    folder = files("averment.compliance") / "schemas"
    names = [DEFINITIONS, *(str(kind) for kind in EventType)]
    documents = [cast("Schema", json.loads((folder / f"{name}.json").read_bytes())) for name in names]
    return {str(document["$id"]): document for document in documents}


@cache
def event_rules(kind: EventType) -> EventRules:
    """Return the rules of an event type, compiled once."""
    documents = schema_documents()
    compiler = SchemaCompiler(documents)
    schema = documents[f"urn:averment:schema:{kind}"]
    data = cast("Mapping[str, Schema]", schema["properties"])["data"]
    return EventRules(
        schema=schema, check=compiler.compile_check(schema, str(kind)), keying=compiler.compile_keying(data)
    )


def plain(value: EventValue) -> object:
    """Turn mappings and sequences into dicts and lists."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items()}
    return [plain(member) for member in value]


def keyed_data(kind: EventType, data: Mapping[str, EventValue], *, keyer: Keyer) -> object:
    """Return an event's data with its keyed fields replaced by digests.

    Args:
        kind: The event's type.
        data: As the emitter gave it.
        keyer: Makes the digest of a text, given the field's mode: `log` or `entry`; `name` has it only for a text
            that is no name (see `is_name`).
    """
    keying = event_rules(kind).keying
    values = plain(data)
    return values if keying is None else keying(values, keyer)


def is_name(text: str) -> bool:
    """Tell whether a text has the form of a published name."""
    return _NAME.fullmatch(text) is not None


def check_leaf(kind: EventType, leaf: Leaf) -> None:
    """Check a leaf against the schema of its type.

    Raises:
        AuditWriteFailed: It does not follow the schema; the message names the field, not its value.
    """
    problem = event_rules(kind).check(leaf)
    if problem is not None:
        raise AuditWriteFailed(
            f"the event was not written: {problem}", hint="the emitter must follow the event's schema"
        )


def encode_leaf(leaf: Leaf) -> bytes:
    """Write a checked leaf in canonical form (RFC 8785).

    Leaves have ASCII member names, no fractions, and whole numbers below 2**53; for these the sorted compact form of
    the standard library is the canonical one (a property test compares the two).

    Raises:
        AuditWriteFailed: It is longer than a log entry may be.
    """
    entry = _ENCODER.encode(leaf).encode()
    if len(entry) > MAX_ENTRY_BYTES:
        raise AuditWriteFailed(
            f"a leaf of type {leaf['type']!r} has {len(entry)} bytes; at most {MAX_ENTRY_BYTES} are allowed",
            hint="put long lists into a payload and their digest into the leaf",
        )
    return entry


def decode_leaf(entry: bytes, *, index: int) -> Leaf:
    """Read a leaf written by any version.

    Raises:
        AuditIntegrityError: It is not a JSON object.
    """
    try:
        leaf = json.loads(entry)
    except ValueError as error:
        raise AuditIntegrityError(f"entry {index} is not JSON") from error
    if not isinstance(leaf, dict):
        raise AuditIntegrityError(f"entry {index} is not a JSON object")
    return leaf
