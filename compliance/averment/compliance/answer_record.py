"""The facts that the log states of a finished answer: the data of its `analysis.completed` event.

They are ids, counts, codes and digests: places cited, passages seen, model calls with template, parameters, seed
and digests of prompt and output (keyed, as both carry text). Lists are cut to what a leaf can hold; their length and,
for citations, a digest over all of them are always given.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import rfc8785

from averment.core.answers import Answer, Citation, Escalation, ModelCall, ReasoningStep, SentenceKind
from averment.core.audit import EventValue

MAX_LISTED: Final = 64
MAX_MODEL_CALLS: Final = 24
MAX_PARAMETERS: Final = 16
MAX_WARNINGS: Final = 32
PPM: Final = 1_000_000
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}")
_DIGEST: Final = re.compile("sha256:[0-9a-f]{64}")
_SETTING: Final = re.compile(r"[A-Za-z0-9+-][A-Za-z0-9._:+-]{0,99}")


def answer_record(answer: Answer) -> dict[str, EventValue]:
    """Return the data of the `analysis.completed` event of an answer; the answer itself goes into its payload."""
    citations = list(answer_citations(answer))
    quotes = {place_digest(citation): citation.quote for citation in citations}
    places = list(quotes)
    kinds = Counter(sentence.kind for sentence in answer.sentences)
    checks = Counter(check.passed for claim in answer.claims for check in claim.checks)
    calls = [step.model_call for step in answer.steps if step.model_call is not None]
    passages = list(dict.fromkeys(passage for step in answer.steps for passage in step.passage_ids))
    return {
        "answer_id": answer.id,
        "mode": answer.mode,
        "status": answer.status,
        "method": answer.method,
        "value_type": answer.value.type if answer.value else None,
        "sentences": {kind.value: kinds[kind] for kind in SentenceKind},
        "checks": {"passed": checks[True], "failed": checks[False]},
        "citations": [{"place": place, "quote": quotes[place]} for place in places[:MAX_LISTED]],
        "n_citations": len(places),
        "citations_digest": places_digest(places),
        "passages": [_digest(passage) for passage in passages[:MAX_LISTED]],
        "n_passages": len(passages),
        "steps": [_step(step) for step in answer.steps[:MAX_LISTED]],
        "n_steps": len(answer.steps),
        "model_calls": [_model_call(call) for call in calls[:MAX_MODEL_CALLS]],
        "n_model_calls": len(calls),
        "coverage": _coverage(answer),
        "confidence_ppm": _ppm(answer.confidence.score),
        "threshold_ppm": _ppm(answer.confidence.threshold),
        "calibrated": answer.confidence.calibrated,
        "usage": _usage(answer),
        "escalation": _escalation(answer.escalation) if answer.escalation is not None else None,
        "pipeline_hash": answer.pipeline_hash or None,
        "index_version": answer.index_version or None,
        "warnings": [_code(warning) for warning in answer.warnings[:MAX_WARNINGS]],
    }


def answer_citations(answer: Answer) -> Iterator[Citation]:
    """Yield the citations of the answer's sentences, those of computed operands included, in order."""
    for sentence in answer.sentences:
        if sentence.claim is None:
            continue
        yield from sentence.claim.citations
        if sentence.claim.calculation is not None:
            yield from (operand.citation for operand in sentence.claim.calculation.operands)


def place_digest(citation: Citation) -> str:
    """Return the digest that names a cited place: of (document_id, text_hash, start, end) as canonical JSON."""
    place = rfc8785.dumps([citation.document_id, citation.text_hash, citation.start, citation.end])
    return f"sha256:{hashlib.sha256(place).hexdigest()}"


def places_digest(places: Sequence[str]) -> str:
    """Return the digest over all cited places, in order, each once."""
    return f"sha256:{hashlib.sha256(rfc8785.dumps(list(places))).hexdigest()}"


def _step(step: ReasoningStep) -> dict[str, EventValue]:
    return {"kind": step.kind, "passages": len(step.passage_ids), "duration_ms": _ms(step.duration_s)}


def _model_call(call: ModelCall) -> dict[str, EventValue]:
    parameters = sorted(call.parameters.items())[:MAX_PARAMETERS]
    return {
        "purpose": _code(call.purpose),
        "model": call.model,
        "revision": call.revision,
        "prompt": call.input_digest or call.prompt_hash,
        "template": call.prompt_hash,
        "parameters": [{"name": name, "value": _setting(value)} for name, value in parameters],
        "seed": call.seed,
        "input_tokens": call.input_tokens,
        "cached_tokens": call.cached_tokens,
        "output_tokens": call.output_tokens,
        "duration_ms": _ms(call.duration_s),
        "finish": _code(call.finish),
        "output": call.output_digest,
    }


def _coverage(answer: Answer) -> dict[str, EventValue]:
    coverage = answer.coverage
    return {
        "documents_in_scope": coverage.documents_in_scope,
        "documents_read": coverage.documents_read,
        "sections_read": coverage.sections_read,
        "pages_unreadable": coverage.pages_unreadable,
        "exhaustive": coverage.exhaustive,
    }


def _usage(answer: Answer) -> dict[str, EventValue]:
    usage = answer.usage
    return {
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "completion_tokens": usage.completion_tokens,
        "model_calls": usage.model_calls,
        "duration_ms": _ms(usage.duration_s),
        "model_ms": _ms(usage.model_s),
    }


def _escalation(made: Escalation) -> dict[str, EventValue]:
    return {
        "reason": made.reason,
        "outcome": made.outcome,
        "code": None if made.code is None else _code(made.code),
        "model": made.model,
        "revision": made.revision,
        "external": made.is_external,
        "model_calls": made.model_calls,
        "prompt_tokens": made.prompt_tokens,
        "completion_tokens": made.completion_tokens,
    }


def _code(value: str) -> str:
    """Return a code or published name as it is, and anything that is not one, such as a path, as its digest."""
    return value if _CODE.fullmatch(value) else f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"


def _digest(chunk_id: str) -> str:
    """Return a chunk's id, which is a digest; another kind of id is hashed."""
    return chunk_id if _DIGEST.fullmatch(chunk_id) else f"sha256:{hashlib.sha256(chunk_id.encode()).hexdigest()}"


def _setting(value: str | float) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if _SETTING.fullmatch(text) else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _ppm(share: float | None) -> int | None:
    return None if share is None else round(min(1.0, max(0.0, share)) * PPM)
