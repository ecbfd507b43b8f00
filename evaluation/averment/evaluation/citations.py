"""Do the checks tell claims that their citation supports from claims that it does not?

`benchmarks/citation_check/claims.jsonl` of a pack holds claims, each with one cited passage, what is right, and how a
wrong one was made: value swapped, wrong document, wrong passage. Questions of the type `claim` (a hypothesis about one
document, with the passages that decide it) are claims as well; one that its document does not mention cites the
sentence that shares most words with it. A claim goes through the checks that a statement of the model goes through.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from averment.core.access import AccessLabel
from averment.core.answers import Check, Verdict
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.errors import ConfigurationError
from averment.core.ids import content_hash, text_hash
from averment.evaluation.labels import LabelledAnswer
from averment.evaluation.metrics import sample
from averment.evaluation.pack import Pack, PackQuestion
from averment.pipelines.ingestion.facts import describe
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.reasoning.checks import (
    COVERAGE_CHECK,
    Evidence,
    check_quotes,
    check_statement,
    coverage,
    verdict,
)
from averment.pipelines.reasoning.entailment import ENTAILMENT_CHECK, EntailmentCheck
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.findings import HEAD_CHARS, names_of
from averment.pipelines.reasoning.prepared import PreparedTexts
from averment.pipelines.reasoning.words import stems
from averment.pipelines.stores.layout import LayoutReader, to_layout

CLAIMS: Final = Path("benchmarks", "citation_check", "claims.jsonl")
TRUE_ACCEPTED: Final = 0.9
WRONG_REJECTED: Final = 0.95
Label = Literal["supported", "contradicted", "not_supported"]
LABELS: Final[tuple[Label, ...]] = get_args(Label)
_OF_QUESTIONS: Final[Mapping[str, Label]] = {
    "supported": "supported", "contradicted": "contradicted", "not_mentioned": "not_supported",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedClaim:
    """A claim and the places `(start, end)` of one document's official text that it cites, none to cite the nearest."""

    id: str
    claim: str
    doc_id: str
    places: tuple[tuple[int, int], ...]
    label: Label
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """What the checks said of a claim; `score`, 0-1, is what is left to a threshold once the guards have passed it."""

    id: str
    kind: str
    label: Label
    verdict: Verdict
    failed: tuple[str, ...]
    score: float

    @property
    def is_accepted(self) -> bool:
        """Say whether the claim would have been stated."""
        return self.verdict is Verdict.SUPPORTED

    @property
    def is_left_to_threshold(self) -> bool:
        """Say whether no guard but those with a threshold stopped it."""
        return not set(self.failed) - {COVERAGE_CHECK, ENTAILMENT_CHECK}


def read_claims(pack: Pack) -> list[CitedClaim]:
    """Read the claims of a pack.

    Raises:
        ConfigurationError: There are none, or a line breaks the schema.
    """
    path = pack.root / CLAIMS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        hint = "name the folder of a pack with --pack"
        raise ConfigurationError(f"{str(path)!r} cannot be read", hint=hint) from error
    return [_claim(line, f"{path.name} line {number}", pack) for number, line in enumerate(lines, 1) if line.strip()]


def claims_of_questions(pack: Pack, benchmark: str, *, limit: int | None, seed: int) -> list[CitedClaim]:
    """Return the claims that a benchmark asks about."""
    asked = [one for one in pack.questions(benchmark) if one.type == "claim" and "hypothesis" in one.labels]
    return [_of_question(asked[place], benchmark) for place in sample(len(asked), limit, seed=seed)]


def run_claims(
    pack: Pack,
    claims: Sequence[CitedClaim],
    *,
    entailment: EntailmentCheck | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[ClaimRow]:
    """Check claims, in order."""
    sources, prepared = OfficialSources(pack), PreparedTexts()
    rows = []
    for number, claim in enumerate(claims, start=1):
        source = sources.of(claim.doc_id)
        rows.append(_checked(claim, source, places=claim.places or _nearest(claim, source, prepared), by=entailment))
        on_progress(number, len(claims))
    return rows


class OfficialSources:
    """Documents of a pack as plain text, as it is given officially, so that offsets of the pack hold."""

    def __init__(self, pack: Pack):
        self._pack = pack
        self._made: dict[str, Source] = {}

    def of(self, doc_id: str) -> Source:
        """Return a document."""
        if doc_id not in self._made:
            content = self._pack.official_text(self._pack.documents[doc_id]).encode("utf-8")
            self._made[doc_id] = source_of(content, name=f"{doc_id}.txt")
        return self._made[doc_id]


def source_of(content: bytes, *, name: str) -> Source:
    """Read a file as the ingestion does, without stores."""
    parsed = partition(content, name=name)
    facts = describe(parsed, name=name)
    version = DocumentVersion(
        document_id=name,
        source_uri=name,
        content_hash=content_hash(content),
        text_hash=text_hash(parsed.text),
        version=1,
        media_type=parsed.media_type,
        kind=facts.kind,
        title=facts.title,
        parties=facts.parties,
        issuer=facts.issuer,
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="1",
        connector="evaluation",
        size_bytes=len(content),
    )
    return Source(version, text=parsed.text, layout=LayoutReader(to_layout(parsed), parsed.text))


def summarise_claims(rows: Sequence[ClaimRow]) -> dict[str, Any]:
    """Return for every kind how many claims were accepted, and whether true and wrong ones are told apart well enough.

    Claims of questions (`kind` of the form `benchmark: label`) count by themselves and to no bar.
    """
    kinds: dict[str, list[ClaimRow]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    table: dict[str, dict[str, Any]] = {
        kind: {
            "label": found[0].label,
            "claims": len(found),
            "accepted": sum(row.is_accepted for row in found),
            "failed": _counts(found),
        }
        for kind, found in kinds.items()
    }
    made = {kind: one for kind, one in table.items() if ": " not in kind}
    return {
        "kinds": table,
        "passed": all(
            one["accepted"] >= TRUE_ACCEPTED * one["claims"]
            if one["label"] == "supported"
            else one["claims"] - one["accepted"] >= WRONG_REJECTED * one["claims"]
            for one in made.values()
        ),
        "rows": [{**asdict(row), "verdict": row.verdict.value, "failed": list(row.failed)} for row in rows],
    }


def labels_of(rows: Sequence[ClaimRow]) -> list[LabelledAnswer]:
    """Return what a threshold decides: claims that passed the guards, by score, right where they are supported."""
    return [
        LabelledAnswer(id=row.id, group="statement", score=row.score, right=row.label == "supported")
        for row in rows
        if row.is_left_to_threshold
    ]


def _counts(rows: Sequence[ClaimRow]) -> dict[str, int]:
    names = [name for row in rows for name in row.failed]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def _checked(
    claim: CitedClaim, source: Source, *, places: Sequence[tuple[int, int]], by: EntailmentCheck | None
) -> ClaimRow:
    evidence = Evidence(
        citations=tuple(source.cite(*place) for place in places),
        known_names=names_of([source]),
        heads=(source.shown[:HEAD_CHARS],),
        documents=frozenset({source.document.document_id}),
    )
    checks: list[Check] = [
        *check_quotes(evidence, {source.text_hash: source.text}),
        *check_statement(claim.claim, evidence),
    ]
    score = coverage(claim.claim, evidence)
    if by is not None:
        checks.append(by.check(claim.claim, evidence))
        score = by.probability(claim.claim, evidence)
    return ClaimRow(
        id=claim.id,
        kind=claim.kind,
        label=claim.label,
        verdict=verdict(checks),
        failed=tuple(check.name for check in checks if not check.passed),
        score=score,
    )


def _nearest(claim: CitedClaim, source: Source, prepared: PreparedTexts) -> tuple[tuple[int, int], ...]:
    """Return the place of the sentence that shares most words with a claim, the shortest such one."""
    said = frozenset(stems(claim.claim))
    found = prepared.sentences(source)
    if not found.spans:
        return ()
    best = max(range(len(found.spans)), key=lambda place: (len(said & found.words[place]), -len(found.words[place])))
    return found.spans[best].places


def _of_question(question: PackQuestion, benchmark: str) -> CitedClaim:
    answer = str(question.labels.get("answer"))
    return CitedClaim(
        id=f"{benchmark}/{question.id}",
        claim=str(question.labels["hypothesis"]),
        doc_id=question.doc_ids[0],
        places=tuple((span.start, span.end) for span in question.gold),
        label=_OF_QUESTIONS[answer],
        kind=f"{benchmark}: {answer.replace('_', ' ')}",
    )


def _claim(line: str, where: str, pack: Pack) -> CitedClaim:
    try:
        row = json.loads(line)
        cited = row["citation"]
        claim = CitedClaim(
            id=row["id"],
            claim=row["claim"],
            doc_id=cited["doc_id"],
            places=((int(cited["start"]), int(cited["end"])),),
            label=row["label"],
            kind=row["kind"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{where} is not of the schema ({error})") from error
    if claim.label not in LABELS:
        raise ConfigurationError(f"{where}: label is {claim.label!r}, expected one of {', '.join(LABELS)}")
    if claim.doc_id not in pack.documents:
        raise ConfigurationError(f"{where}: document {claim.doc_id!r} is not in docs.jsonl")
    return claim
