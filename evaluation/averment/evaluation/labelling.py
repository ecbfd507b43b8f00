"""Labels answers of the product on questions of a pack: which were right, with the scores they were given on.

What is right is what `averment.evaluation.answers.judging` calls right: one rule for all evaluations of answers.
Abstentions have no label: a threshold decides among answers. They count where a marked clause is sought
(`averment.evaluation.found_shares`). What was answered is kept; a run with `is_resumed` asks only what is missing, and
judges everything.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from averment.core.answers import Answer
from averment.core.clock import Clock
from averment.core.errors import UsageError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json, to_json
from averment.evaluation.answers.averment_arm import AvermentArm
from averment.evaluation.answers.judging import Judged, judge
from averment.evaluation.answers.reply import Reply
from averment.evaluation.corpus import EvaluationEmbedder, EvaluationStores
from averment.evaluation.found_shares import Outcome, Sought
from averment.evaluation.gold import align_gold
from averment.evaluation.kept_rows import KeptRows
from averment.evaluation.labels import GROUPS, LabelledAnswer
from averment.evaluation.metrics import GoldUnit, sample
from averment.evaluation.pack import InputKind, Pack, PackQuestion
from averment.evaluation.program import program_digest
from averment.pipelines.reasoning.answerer import Answerer
from averment.pipelines.reasoning.planner import make_plan
from averment.pipelines.reasoning.recall import sought_by

PURPOSE: Final = "evaluation"
OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabellingOptions:
    """Which files are read, how many questions of a benchmark are asked (all when absent), and whether rows stay."""

    input: InputKind = "native"
    limit: int | None = None
    seed: int = 0
    is_resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What asks: an embedder, what makes an answerer over stores, and the language model it may use, by its id."""

    embedder: EvaluationEmbedder
    make_answerer: Callable[[EvaluationStores], Answerer]
    clock: Clock
    model: str | None = None
    on_progress: OnProgress = lambda _done, _total, _what: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """The labelled answers, the hash of the pipeline that gave them, and the digest of what was asked by benchmark.

    `sought` are the marked clauses that were asked for, found or not.
    """

    labels: tuple[LabelledAnswer, ...]
    sought: tuple[Sought, ...]
    pipeline_hash: str
    sets: Mapping[str, str]
    n_asked: int


def label_answers(
    pack: Pack, benchmarks: Sequence[str], *, folder: Path, asking: Asking, options: LabellingOptions
) -> Labelling:
    """Ask the questions of benchmarks and label the answers.

    Args:
        pack: The data pack.
        benchmarks: Names of its benchmarks.
        folder: Where stores and rows lie.
        asking: What asks.
        options: What is asked.

    Raises:
        ConfigurationError: The pack breaks its schema, or a document has no file of the kind asked for.
        UsageError: No benchmark is named.
    """
    if not benchmarks:
        raise UsageError("no benchmark named", hint="--benchmark cuad, for example")
    if not options.is_resumed:
        shutil.rmtree(folder, ignore_errors=True)
    labels: list[LabelledAnswer] = []
    sought: list[Sought] = []
    sets: dict[str, str] = {}
    pipeline_hash, n_asked = "", 0
    for name in benchmarks:
        everything = pack.questions(name)
        asked = [everything[place] for place in sample(len(everything), options.limit, seed=options.seed)]
        sets[name] = sha256_id(canonical_json([(one.id, one.question, dict(one.labels)) for one in asked]))
        found, pipeline_hash = _Benchmark(pack, name, asked, asking=asking).label(folder, options)
        labels += (one for one in found if isinstance(one, LabelledAnswer))
        sought += (one for one in found if isinstance(one, Sought))
        n_asked += len(asked)
    return Labelling(
        labels=tuple(labels), sought=tuple(sought), pipeline_hash=pipeline_hash, sets=sets, n_asked=n_asked
    )


class _Benchmark:
    """Asks questions of one benchmark over the documents of its collections."""

    def __init__(self, pack: Pack, name: str, asked: Sequence[PackQuestion], *, asking: Asking):
        self._pack = pack
        self._name = name
        self._asked = asked
        self._asking = asking

    def label(self, folder: Path, options: LabellingOptions) -> tuple[list[LabelledAnswer | Sought], str]:
        documents = self._pack.collection_of(self._pack.questions(self._name))
        collections = "-".join(sorted({document.collection for document in documents}))
        asking = self._asking
        stores = EvaluationStores(
            folder / f"stores-{collections}-{options.input}", embedder=asking.embedder, clock=asking.clock
        )
        try:
            corpus = stores.ingest(
                self._pack,
                documents,
                kind=options.input,
                on_progress=lambda done, total: asking.on_progress(done, total, f"{self._name}: reading"),
            )
            answerer = asking.make_answerer(stores)
            kept = KeptRows(
                folder / "rows" / self._name,
                made_with={"program": program_digest(), "pipeline": answerer.scoring_hash, "input": options.input},
                is_resumed=options.is_resumed,
            )
            texts = {doc: stores.texts.text(one) for doc, one in corpus.text_hashes.items()}
            gold = align_gold(self._pack, self._asked, texts=texts)
            arm = AvermentArm(self._name, answerer, texts=stores.texts, ids=corpus.ids)
            labels = list(self._labels(arm, gold=gold, kept=kept))
        finally:
            stores.close()
        return labels, answerer.scoring_hash

    def _labels(
        self, arm: AvermentArm, *, gold: Mapping[str, Sequence[GoldUnit]], kept: KeptRows
    ) -> Iterator[LabelledAnswer | Sought]:
        for number, question in enumerate(self._asked, start=1):
            row = kept.get(question.id)
            if row is None:
                row = _row(*arm.answered(question))
                kept.add(question.id, row)
            self._asking.on_progress(number, len(self._asked), f"{self._name}: asking")
            reply, name = Reply.of(row["reply"]), f"{self._name}/{question.id}"
            judged = judge(question, reply, gold=gold[question.id])
            if row["group"] in GROUPS:
                yield LabelledAnswer(id=name, group=row["group"], score=row["score"], right=judged.is_right)
            topic = sought_by(make_plan(question.question)) if question.gold else None
            if topic is not None:
                yield Sought(id=name, topic=topic, outcome=outcome_of(judged, reply))


def outcome_of(judged: Judged, reply: Reply) -> Outcome:
    """Say what became of the marked clause that a question seeks: any cited place on it finds it."""
    if judged.n_on_gold:
        return "found"
    return "denied" if reply.is_absence else "open"


def _row(answer: Answer, reply: Reply) -> dict[str, Any]:
    """Return what is kept of an answer; an abstention has no group."""
    return {
        "group": answer.confidence.group if answer.status == "answered" else None,
        "score": answer.confidence.score or 0.0,
        "reply": to_json(reply),
    }
