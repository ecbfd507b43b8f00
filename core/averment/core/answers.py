"""Answers and what they are made of: passages, citations, calculations, claims, sentences, receipts.

Scores are 0-1, higher is better. Decimals travel as `Decimal` inside and as strings outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from averment.core.documents import Box

Stage = Literal["dense", "sparse", "fused", "reranked", "neighbour"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A retrieved chunk with its text; `text == canonical[start:end]`."""

    rank: int
    score: float
    chunk_id: str
    document_id: str
    text_hash: str
    source_uri: str
    title: str
    start: int
    end: int
    first_page: int | None
    last_page: int | None
    section: str
    text: str
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An exact place; `quote == canonical[start:end]` of the text named by `text_hash`."""

    document_id: str
    text_hash: str
    source_uri: str
    title: str
    start: int
    end: int
    quote: str
    page: int | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """A number an expression uses: its name there, its exact value, and the place it was read from.

    `value` is as printed with the sign applied; `scale` multiplies it (1000 for "in thousands"). `concept` names the
    filing's own tag (inline XBRL) that value, scale, sign, unit and period are read from; None where none tags it.
    """

    name: str
    label: str
    value: Decimal
    unit: str | None
    scale: int
    period: str | None
    citation: Citation
    concept: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """A recorded expression over operands and its exact value.

    `calendar` is the code of the calendar that business days were counted by, None where none were.
    """

    expression: str
    operands: tuple[Operand, ...]
    value: Decimal
    unit: str | None
    rounding: str | None = None
    calendar: str | None = None


class Verdict(StrEnum):
    """What the checks say of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check that ran on a claim; `detail` is a code, not content."""

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a sentence asserts, what it rests on, and what the checks say."""

    text: str
    citations: tuple[Citation, ...]
    calculation: Calculation | None
    verdict: Verdict
    checks: tuple[Check, ...]


class SentenceKind(StrEnum):
    """How a sentence came about; quotation marks stand only around quotes."""

    QUOTE = "quote"
    VALUE = "value"
    STATEMENT = "statement"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an answer. A notice has no claim but the code of its wording; every other kind has a claim."""

    kind: SentenceKind
    text: str
    claim: Claim | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call of the language model: identities, counts and times, no content.

    `prompt_hash` names the prompt's file, `input_digest` what was sent: the file with its variables put in.
    """

    purpose: str
    model: str
    revision: str | None
    prompt_hash: str
    parameters: Mapping[str, str | int | float | bool]
    seed: int | None
    input_tokens: int | None
    cached_tokens: int | None
    output_tokens: int | None
    duration_s: float
    finish: str
    output_digest: str
    input_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningStep:
    """One step of the loop; `summary` is a fixed wording with counts, no document or model text.

    `code` names the wording and `facts` are the counts and codes in it, for whoever shows it in another language.
    Steps of kind `escalate` stand before and after those in which a second model was asked, or say why it was not.
    `part` is the sub-question that the step belongs to, counted from 1; None for a step of the question itself.
    """

    number: int
    kind: Literal["plan", "search", "read", "compute", "check", "write", "escalate"]
    summary: str
    query: str | None
    passage_ids: tuple[str, ...]
    model_call: ModelCall | None
    started_at: datetime
    duration_s: float
    part: int | None = None
    code: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A statement of the model's that is not in the answer, by the names of the checks it failed.

    It failed them as rewritten (`failed_checks`), or no usable rewriting came (`not_repaired`).
    """

    reason: Literal["failed_checks", "not_repaired"]
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedValue:
    """The machine-readable result of an answer.

    `value` is a bool, a string, a list of strings, or a decimal, by `type`.
    """

    type: Literal["boolean", "label", "date", "duration", "number", "amount", "text", "list"]
    value: bool | str | Decimal | tuple[str, ...]
    unit: str | None = None
    scale: int = 1
    currency: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallEstimate:
    """How many clauses the way of finding them finds, where there are some, as measured on marked documents.

    Of `n` clauses `n_found` were cited (`share`) and `n_denied` said not to be there; `lower` is the exact lower limit
    of the share at confidence `level`. `topic` is what the clauses are on, None where they are of every kind.
    """

    share: float
    lower: float
    level: float
    n: int
    n_found: int
    n_denied: int
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was looked at to reach the answer.

    `estimated_recall` is there where something is said not to be there, and `recall` is what it was estimated from;
    both are None where that was not measured.
    """

    documents_in_scope: int
    documents_read: int
    sections_read: int
    pages_unreadable: int
    exhaustive: bool
    estimated_recall: float | None = None
    recall: RecallEstimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How sure the system is; `bound` and `calibrated` say what that number is worth.

    `group` names the answers that the score can be compared with; None where nothing was answered.
    """

    score: float | None
    threshold: float | None
    bound: float | None = None
    calibrated: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the answer cost. `model_s` is time inside models (language model, embedder, reranker, verifier)."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    model_calls: int
    duration_s: float
    model_s: float
    joules: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that an entry is in the log: enough to verify offline with the log's key.

    `inclusion_proof` is the text of a C2SP tlog-proof; `entry` is the leaf's canonical JSON.
    """

    origin: str
    index: int
    leaf_hash: str
    entry: str
    checkpoint: str
    inclusion_proof: str


EscalationOutcome = Literal["used", "unused", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """What became of a hard question that a second, larger model could be asked.

    `reason` is why it is hard: nothing was chosen (`abstained`), a statement failed the checks (`withheld`), or replies
    broke their form (`schema`). Its answer was `used`; or it was asked and the first one stands (`unused`); or it was
    not asked (`refused`). `code` says why it is not used. The counts are of the second model's calls alone.
    """

    reason: Literal["abstained", "withheld", "schema"]
    outcome: EscalationOutcome
    code: str | None
    model: str
    revision: str | None
    is_external: bool
    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


AnswerStatus = Literal["answered", "abstained", "refused", "truncated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished answer. It leaves the system only with its receipt.

    `method` says which way the answer was reached: `model` (the language model chose or wrote),
    `extractive` (retriever and rules only), `rules` (a computed plan by rules), `none` (abstention). `asked_as` is the
    question as it was answered where it follows earlier ones, None where it stands by itself. `escalation` is there
    where a second model is set and the question was hard for the first. `disclosure` says that an AI system answered,
    where that is to be said; `mark` is the signed mark of an answer with generated sentences. `withheld` says of each
    statement that was withheld why.
    """

    id: str
    question: str
    text: str
    status: AnswerStatus
    method: Literal["model", "extractive", "rules", "none"]
    value: TypedValue | None
    sentences: tuple[Sentence, ...]
    claims: tuple[Claim, ...]
    steps: tuple[ReasoningStep, ...]
    coverage: Coverage
    confidence: Confidence
    usage: Usage
    nearest: tuple[Passage, ...] = ()
    mode: Literal["trial", "assessed"] = "trial"
    purpose: str = ""
    index_version: str = ""
    pipeline_hash: str = ""
    receipt: Receipt | None = None
    created_at: datetime
    warnings: tuple[str, ...] = field(default=())
    asked_as: str | None = None
    escalation: Escalation | None = None
    disclosure: str | None = None
    mark: str | None = None
    withheld: tuple[Withheld, ...] = ()

    @property
    def is_generated(self) -> bool:
        """Tell whether a sentence is the model's own; quotes, values and fixed notices are not."""
        return any(sentence.kind is SentenceKind.STATEMENT for sentence in self.sentences)
