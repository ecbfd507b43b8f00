"""Two runs of one question compared, step by step: a pure function of what was recorded of each.

A step that came out the same is `same`. Where it did not, what went into it says why, in this order: other passages for
the same query are retrieval drift; another prompt file or another text sent is prompt drift; another model, revision or
sampling is model drift; equal inputs with another output are nondeterminism of the engine. What has no counterpart, or
differs by rules that changed, is not comparable. A step whose inputs came from a step that drifted drifted with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final, Literal

from averment.core.errors import AuditIntegrityError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json

Verdict = Literal["same", "retrieval_drift", "prompt_drift", "model_drift", "engine_nondeterminism", "not_comparable"]
_STACK_FACTS: Final = ("pipeline_hash", "index_version", "model", "model_revision", "profile_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What answered: rules and prompts, index, model and its profile."""

    pipeline_hash: str | None
    index_version: str | None
    model: str | None
    model_revision: str | None
    profile_digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCall:
    """A model call: what went in, by whom it was answered, and the digest of what came out."""

    purpose: str
    prompt_hash: str
    input_digest: str
    model: str
    revision: str | None
    parameters: str
    seed: int | None
    output_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedStep:
    """What is compared of a step."""

    number: int
    kind: str
    part: int | None
    summary: str
    query: str | None
    passage_ids: tuple[str, ...]
    call: TracedCall | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is compared of a run.

    `evidence` are the cited places, `calculations` the recorded ones, `sentences` kind and text of each, in order.
    """

    stack: Stack
    steps: tuple[TracedStep, ...]
    status: str
    evidence: tuple[str, ...]
    calculations: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReplay:
    """What a step came to when it was run again.

    `reason` names what differs, or the step that it follows from; `recorded` and `replayed` are the two values where
    they are hashes, names or settings, None where they are text.
    """

    number: int
    kind: str
    verdict: Verdict
    reason: str | None = None
    recorded: str | None = None
    replayed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A whole run compared; `stack` names the facts of the stack that differ."""

    answer_id: str
    verdict: Verdict
    steps: tuple[StepReplay, ...]
    same_status: bool
    same_evidence: bool
    same_calculations: bool
    same_sentences: bool
    stack: tuple[str, ...] = field(default=())

    @property
    def is_same(self) -> bool:
        """Say whether every step and the answer came out the same."""
        return self.verdict == "same"


def read_trace(answer: Mapping[str, object], stack: Stack) -> Trace:
    """Read what is compared out of an answer in its JSON form.

    Raises:
        AuditIntegrityError: It is not the JSON of an answer.
    """
    try:
        claims = [_object(item["claim"]) for item in _objects(answer["sentences"]) if item["claim"] is not None]
        return Trace(
            stack=stack,
            steps=tuple(_step(item) for item in _objects(answer["steps"])),
            status=str(answer["status"]),
            evidence=tuple(_place(cited) for claim in claims for cited in _objects(claim["citations"])),
            calculations=tuple(_digest(claim["calculation"]) for claim in claims if claim["calculation"] is not None),
            sentences=tuple(f"{item['kind']}: {item['text']}" for item in _objects(answer["sentences"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise AuditIntegrityError(f"the recorded answer lacks what replay reads: {error}") from error


def read_stack(facts: Mapping[str, object]) -> Stack:
    """Read the identities of a stack out of the facts of `analysis.started`."""
    return Stack(**{name: _text(facts.get(name)) for name in _STACK_FACTS})


def compare(recorded: Trace, replayed: Trace, *, answer_id: str) -> Replay:
    """Compare a recorded run with one made now."""
    steps: list[StepReplay] = []
    cause: StepReplay | None = None
    for before, after in zip_longest(recorded.steps, replayed.steps):
        found = _compared(before, after, stacks=(recorded.stack, replayed.stack), cause=cause)
        steps.append(found)
        cause = cause or (found if found.verdict != "same" else None)
    same = {
        name: getattr(recorded, name) == getattr(replayed, name)
        for name in ("status", "evidence", "calculations", "sentences")
    }
    verdict = cause.verdict if cause is not None else "same" if all(same.values()) else "not_comparable"
    return Replay(
        answer_id=answer_id,
        verdict=verdict,
        steps=tuple(steps),
        same_status=same["status"],
        same_evidence=same["evidence"],
        same_calculations=same["calculations"],
        same_sentences=same["sentences"],
        stack=tuple(_changed(recorded.stack, replayed.stack)),
    )


def _compared(
    before: TracedStep | None, after: TracedStep | None, *, stacks: tuple[Stack, Stack], cause: StepReplay | None
) -> StepReplay:
    if before is None or after is None or (before.kind, before.part) != (after.kind, after.part):
        return _unmatched(before, after, cause)
    reason = next(_differences(before, after, stacks), None)
    if reason is None:
        return StepReplay(number=before.number, kind=before.kind, verdict="same")
    verdict, name, values = reason
    if cause is not None and name in ("query", "input_digest", "passages", "summary", "call"):
        return StepReplay(
            number=before.number, kind=before.kind, verdict=cause.verdict, reason=f"follows_step_{cause.number}"
        )
    return StepReplay(
        number=before.number,
        kind=before.kind,
        verdict=verdict,
        reason=name,
        recorded=values[0] if values else None,
        replayed=values[1] if values else None,
    )


def _unmatched(before: TracedStep | None, after: TracedStep | None, cause: StepReplay | None) -> StepReplay:
    step = before or after
    assert step is not None, "the longer of two sequences has an element"
    reason = "not_in_the_record" if before is None else "not_run_again" if after is None else "another_step"
    if cause is not None:
        reason = f"follows_step_{cause.number}"
    return StepReplay(number=step.number, kind=step.kind, verdict="not_comparable", reason=reason)


_Difference = tuple[Verdict, str, tuple[str | None, str | None] | None]


def _differences(before: TracedStep, after: TracedStep, stacks: tuple[Stack, Stack]) -> Iterator[_Difference]:
    """Yield what differs between two runs of a step, what explains most first."""
    if before.query != after.query:
        yield "not_comparable", "query", None
    if before.passage_ids != after.passage_ids:
        yield "retrieval_drift", *_why(stacks, "index_version", "pipeline_hash", otherwise="passages")
    if before.call is not None and after.call is not None:
        yield from _call_differences(before.call, after.call)
    elif before.call is not after.call:
        name, values = _why(stacks, "model", "profile_digest", otherwise="call")
        yield ("not_comparable" if name == "call" else "model_drift"), name, values
    if before.summary != after.summary:
        # Only what was planned over and read depends on the documents alone.
        verdict: Verdict = "retrieval_drift" if before.kind in ("plan", "search", "read") else "not_comparable"
        name, values = _why(stacks, "pipeline_hash", otherwise="summary")
        yield ("not_comparable" if name == "pipeline_hash" else verdict), name, values


def _call_differences(before: TracedCall, after: TracedCall) -> Iterator[_Difference]:
    facts: tuple[tuple[Verdict, str], ...] = (
        ("prompt_drift", "prompt_hash"),
        ("model_drift", "model"),
        ("model_drift", "revision"),
        ("model_drift", "parameters"),
        ("model_drift", "seed"),
        ("prompt_drift", "input_digest"),
        ("engine_nondeterminism", "output_digest"),
    )
    for verdict, name in facts:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield verdict, name, (_text(was), _text(now))


def _why(stacks: tuple[Stack, Stack], *names: str, otherwise: str) -> tuple[str, tuple[str | None, str | None] | None]:
    """Return the first of some facts of the stack that differs, with its two values."""
    for name in names:
        was, now = getattr(stacks[0], name), getattr(stacks[1], name)
        if was != now:
            return name, (was, now)
    return otherwise, None


def _changed(before: Stack, after: Stack) -> Iterator[str]:
    return (name for name in _STACK_FACTS if getattr(before, name) != getattr(after, name))


def _step(item: Mapping[str, object]) -> TracedStep:
    call, part = item["model_call"], item.get("part")
    return TracedStep(
        number=_whole(item["number"]),
        kind=str(item["kind"]),
        part=None if part is None else _whole(part),
        summary=str(item["summary"]),
        query=_text(item["query"]),
        passage_ids=tuple(map(str, _list(item["passage_ids"]))),
        call=None if call is None else _call(_object(call)),
    )


def _call(item: Mapping[str, object]) -> TracedCall:
    seed = item["seed"]
    return TracedCall(
        purpose=str(item["purpose"]),
        prompt_hash=str(item["prompt_hash"]),
        input_digest=str(item.get("input_digest", "")),
        model=str(item["model"]),
        revision=_text(item["revision"]),
        parameters=canonical_json(_object(item["parameters"])).decode("utf-8"),
        seed=None if seed is None else _whole(seed),
        output_digest=str(item["output_digest"]),
    )


def _place(cited: Mapping[str, object]) -> str:
    return _digest([cited["document_id"], cited["text_hash"], cited["start"], cited["end"]])


def _digest(value: object) -> str:
    return sha256_id(canonical_json(value))


def _objects(value: object) -> list[Mapping[str, object]]:
    return [_object(item) for item in _list(value)]


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("an object is missing")
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a whole number is missing")
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)
