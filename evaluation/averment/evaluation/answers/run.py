"""Runs the arms over samples of benchmarks; writes `result.json`, `report.html`, and what a resumed run goes on from.

Under `OUT/work` lie the stores of every benchmark, what every arm replied (`rows.jsonl`), and the model's completions
by request (`calls.sqlite`). A resumed run asks again what another program or other settings replied, and judges all
replies anew; decisions on documents are counted of what this run asked. Completions outlive a run that is not resumed:
they depend on nothing but the request and the model, so a changed check asks nothing again.
"""

import json
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from averment.core.clock import Clock, SystemClock
from averment.core.energy import EnergyMeter
from averment.core.errors import UsageError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json, to_json
from averment.core.ports import ChatModel
from averment.evaluation.answers.averment_arm import AvermentArm
from averment.evaluation.answers.judging import judge
from averment.evaluation.answers.kept_calls import KeptCalls
from averment.evaluation.answers.plain_rag import PlainRag
from averment.evaluation.answers.reply import Arm, Reply
from averment.evaluation.answers.report import write_report
from averment.evaluation.answers.sampling import choose
from averment.evaluation.answers.summary import Row, compare, known_before, summarise
from averment.evaluation.answers.trusting import ARMS, WITHOUT, trusting, write_decision
from averment.evaluation.baselines import NaiveRetrieval
from averment.evaluation.corpus import EvaluationEmbedder, EvaluationStores, IngestedCorpus
from averment.evaluation.gold import align_gold
from averment.evaluation.held_out import only_about
from averment.evaluation.kept_rows import KeptRows
from averment.evaluation.metrics import Found, GoldUnit
from averment.evaluation.pack import InputKind, Pack, PackQuestion
from averment.evaluation.program import program_digest
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.reasoning.answerer import Answerer
from averment.pipelines.reasoning.model_desk import ModelTrust

SCHEMA_VERSION: Final = 1
WITH, PLAIN, CLOSED = "Averment with the model", "plain RAG", "closed book"
OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A language model that answers, what it may do, and what identifies the side that serves it."""

    model: ChatModel
    profile: ModelProfile

    @property
    def identity(self) -> str:
        """Identify what besides a request decides its completion, as far as the profile says it."""
        return self.profile.digest


class MakeAnswerer(Protocol):
    """Makes an answerer over stores of an evaluation."""

    def __call__(self, stores: EvaluationStores, *, model: ChatModel | None, profile: ModelTrust | None) -> Answerer:
        """Make one that may use a model."""


def plain_answerer(stores: EvaluationStores, *, model: ChatModel | None, profile: ModelTrust | None) -> Answerer:
    """Make an answerer as an installation without settings of its own has one."""
    return Answerer(
        stores.retriever(),
        texts=stores.texts,
        catalog=stores.catalog,
        embedder=stores.embedder,
        clock=stores.clock,
        model=model,
        profile=profile,
        anatomy=stores.views,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What an evaluation works with.

    Args:
        embedder: Embeds documents and questions.
        served: The language model; without one only the arm that needs none runs.
        make_answerer: Makes what is evaluated.
        verifier: Identifies the trained verifier that it is made with; None works without.
        clock: Tells the time.
        energy: Reads what the processors spend.
        on_progress: Told how far each piece of work is.
    """

    embedder: EvaluationEmbedder
    served: ServedModel | None = None
    make_answerer: MakeAnswerer = plain_answerer
    verifier: str | None = None
    clock: Clock = field(default_factory=SystemClock)
    energy: EnergyMeter = field(default_factory=EnergyMeter)
    on_progress: OnProgress = lambda _done, _total, _what: None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersOptions:
    """What to run.

    Args:
        input: Which file of each document is ingested.
        limit: At most so many questions a benchmark, each type in proportion; all when absent.
        seed: For sampling and intervals.
        resume: Keep judged rows and stores of an earlier run.
        closed_book: Ask the model without documents as well, to see what it knew before.
        decide: Ask with the model trusted with one call at a time as well, and write `trust.json`.
        held_out: Ask only about documents with these content hashes, which a model was not trained on; about all of
            them when absent.
    """

    input: InputKind = "native"
    limit: int | None = 20
    seed: int = 0
    resume: bool = False
    closed_book: bool = False
    decide: bool = False
    held_out: tuple[str, ...] | None = None


def run_answers_eval(
    pack: Path,
    benchmarks: Sequence[str],
    *,
    out: Path,
    setup: Setup,
    options: AnswersOptions | None = None,
) -> dict[str, Any]:
    """Evaluate answers and write `result.json` and `report.html`.

    Returns:
        What `result.json` holds.

    Raises:
        ConfigurationError: The pack breaks its schema, or a document has no file of the kind asked for.
        UsageError: No benchmark is named, or a decision is asked for and there is no model.
    """
    options = options or AnswersOptions()
    _check(benchmarks, options, setup.served)
    opened, served = Pack(pack), setup.served
    _prepare(out, options)
    program = program_digest()
    found: dict[str, Any] = {}
    with _kept(served, out / "work" / "calls.sqlite") as calls:
        for name in benchmarks:
            found[name] = _Benchmark(opened, name, options=options, folder=out / "work").run(
                setup, calls, program=program
            )
    configuration = _configuration(found, options=options, setup=setup, program=program)
    result: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": "answers",
        "created_at": setup.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "settings": asdict(options),
        "configuration": configuration,
        "configuration_digest": sha256_id(canonical_json(configuration)),
        "embedder": setup.embedder.model_id,
        "verifier": setup.verifier,
        "model": None if served is None else _model_facts(served, calls),
        "machine": {"python": platform.python_version(), "processor": platform.machine()},
        "joules_unknown_because": setup.energy.reason,
        "benchmarks": found,
        "trust": None,
    }
    if options.decide and served is not None:
        result["trust"] = write_decision(result, out, model=served.model, profile=served.profile)
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_report(result, out / "report.html")
    return result


def _check(benchmarks: Sequence[str], options: AnswersOptions, served: ServedModel | None) -> None:
    if not benchmarks:
        raise UsageError("no benchmark named", hint="--benchmark cuad, for example")
    if options.decide and served is None:
        raise UsageError("what a model may be trusted with cannot be measured without one", hint="leave out --no-model")


def _prepare(out: Path, options: AnswersOptions) -> None:
    out.mkdir(parents=True, exist_ok=True)
    if not options.resume:
        for folder in (out / "work").glob("stores-*"):
            shutil.rmtree(folder)


class _Benchmark:
    """One benchmark: its sample, its documents, its arms.

    Args:
        pack: The data pack.
        name: The benchmark.
        options: What to run.
        folder: Where stores and rows lie.
    """

    def __init__(self, pack: Pack, name: str, *, options: AnswersOptions, folder: Path):
        self._pack = pack
        self._name = name
        self._options = options
        self._folder = folder
        self._all = pack.questions(name)
        allowed = only_about(pack, self._all, allowed=options.held_out, kind=options.input)
        self._asked = choose(allowed, options.limit, seed=options.seed)
        self._untrusting_hash: str | None = None

    def run(self, setup: Setup, calls: KeptCalls | None, *, program: str) -> dict[str, Any]:
        """Ingest, ask every arm every question, judge, summarise.

        Args:
            setup: What to work with.
            calls: The model, its completions kept.
            program: Digest of what makes replies.
        """
        documents = self._pack.collection_of(self._all)
        collections = "-".join(sorted({document.collection for document in documents}))
        stores = EvaluationStores(
            self._folder / f"stores-{collections}-{self._options.input}", embedder=setup.embedder, clock=setup.clock
        )
        try:
            corpus = stores.ingest(
                self._pack,
                documents,
                kind=self._options.input,
                on_progress=lambda done, total: setup.on_progress(done, total, f"{self._name}: reading"),
            )
            texts = {doc_id: stores.texts.text(digest) for doc_id, digest in corpus.text_hashes.items()}
            gold = align_gold(self._pack, self._asked, texts=texts)
            arms = self._arms(stores, corpus, setup=setup, calls=calls, texts=texts)
            digest = sha256_id(canonical_json(sorted(corpus.text_hashes.items())))
            rows = {}
            for arm, identity in arms:
                made_with = {"program": program, "texts": digest, "identity": identity, "arm": arm.name}
                replies = self._replies(arm, setup, calls, made_with=made_with)
                rows[arm.name] = [_judged(one, replies[one.id], gold[one.id]) for one in self._asked]
            decisions = {arm.name: arm.decisions() for arm, _ in arms if isinstance(arm, AvermentArm)}
        finally:
            stores.close()
        return {**self._summary(rows, corpus, texts_digest=digest), "decisions": decisions}

    def _arms(
        self,
        stores: EvaluationStores,
        corpus: IngestedCorpus,
        *,
        setup: Setup,
        calls: KeptCalls | None,
        texts: Mapping[str, str],
    ) -> list[tuple[Arm, str]]:
        """Return the arms, each with what its replies depend on besides question and documents."""
        served = setup.served
        without = setup.make_answerer(stores, model=None, profile=None if served is None else served.profile)
        arms: list[tuple[Arm, str]] = [
            (AvermentArm(WITHOUT, without, texts=stores.texts, ids=corpus.ids), without.pipeline_hash)
        ]
        if served is None or calls is None:
            return arms
        kept = calls
        asking: dict[str, ModelTrust] = {WITH: served.profile}
        if self._options.decide:
            asking |= {arm: trusting(served.profile, asked) for arm, asked in ARMS.items()}
        for name, profile in asking.items():
            answerer = setup.make_answerer(stores, model=kept, profile=profile)
            self._untrusting_hash = answerer.untrusting_hash
            arms.append(
                (
                    AvermentArm(name, answerer, texts=stores.texts, ids=corpus.ids, saved_s=lambda: kept.saved_s),
                    f"{answerer.pipeline_hash} {served.identity}",
                )
            )
        naive = NaiveRetrieval(texts, embedder=stores.embedder, cache=self._folder / "vectors")
        arms.append((PlainRag(kept, search=_search(naive), texts=texts), f"plain {served.identity}"))
        if self._options.closed_book:
            arms.append((PlainRag(kept, search=None, texts=texts), f"closed {served.identity}"))
        return arms

    def _replies(
        self, arm: Arm, setup: Setup, calls: KeptCalls | None, *, made_with: Mapping[str, str]
    ) -> dict[str, Reply]:
        """Ask an arm what an earlier run did not, and keep every reply as it comes."""
        folder = self._folder / "rows" / self._name / arm.name.replace(" ", "-")
        kept = KeptRows(folder, made_with=made_with, is_resumed=self._options.resume)
        replies = {}
        for number, question in enumerate(self._asked, start=1):
            row = kept.get(question.id)
            if row is None:
                row = _row(_measured(arm, question, energy=setup.energy, calls=calls))
                kept.add(question.id, row)
            replies[question.id] = Reply.of(row)
            setup.on_progress(number, len(self._asked), f"{self._name}: {arm.name}")
        return replies

    def _summary(
        self, rows: Mapping[str, Sequence[Row]], corpus: IngestedCorpus, *, texts_digest: str
    ) -> dict[str, Any]:
        seed = self._options.seed
        pairs = [(WITH, PLAIN), (WITHOUT, PLAIN), (WITH, WITHOUT), (PLAIN, CLOSED)]
        pairs += [(arm, WITHOUT) for arm in ARMS]
        return {
            "questions": len(self._asked),
            "of": len(self._all),
            "questions_digest": sha256_id(canonical_json([asdict(question) for question in self._asked])),
            "texts_digest": texts_digest,
            "untrusting_hash": self._untrusting_hash,
            "documents": len(corpus.text_hashes),
            "failures": dict(corpus.failures),
            "arms": {name: summarise(found, seed=seed) for name, found in rows.items()},
            "differences": {
                f"{ours} against {other}": compare(rows[ours], rows[other], seed=seed)
                for ours, other in pairs
                if ours in rows and other in rows
            },
            "contamination": known_before(rows[PLAIN], rows[CLOSED]) if CLOSED in rows else None,
            "rows": {name: list(found) for name, found in rows.items()},
        }


def _measured(arm: Arm, question: PackQuestion, *, energy: EnergyMeter, calls: KeptCalls | None) -> Reply:
    """Ask, and read what the processors spent; a reply from kept calls spent what nobody reads now."""
    n_kept = calls.n_kept if calls is not None else 0
    before = energy.read()
    reply = arm.reply(question)
    joules = energy.joules_since(before)
    is_kept = calls is not None and calls.n_kept > n_kept
    return replace(reply, cost=replace(reply.cost, joules=None if is_kept else joules))


def _configuration(found: Mapping[str, Any], *, options: AnswersOptions, setup: Setup, program: str) -> dict[str, Any]:
    """Name what decides the figures, so that two results can be told to be of one configuration."""
    served = setup.served
    return {
        "program": program,
        "settings": {name: value for name, value in asdict(options).items() if name != "resume"},
        "embedder": setup.embedder.model_id,
        "verifier": setup.verifier,
        "model": None if served is None else [served.model.model_id, served.identity],
        "questions": {name: run["questions_digest"] for name, run in found.items()},
        "texts": {name: run["texts_digest"] for name, run in found.items()},
    }


def _row(reply: Reply) -> dict[str, Any]:
    made = to_json(reply)
    assert isinstance(made, dict)
    return dict(made)


def _judged(question: PackQuestion, reply: Reply, gold: Sequence[GoldUnit]) -> dict[str, Any]:
    return {
        "id": question.id,
        "type": question.type,
        "category": question.category,
        "judged": asdict(judge(question, reply, gold=gold)),
        "n_fabricated": reply.n_fabricated,
        "cost": asdict(reply.cost),
        "note": reply.note,
        "reply": reply.text,
    }


def _search(naive: NaiveRetrieval) -> Callable[[PackQuestion], Sequence[Found]]:
    def search(question: PackQuestion) -> Sequence[Found]:
        scope = list(question.doc_ids) if question.scope == "document" else None
        return naive.rank([question.question], [scope])[0]["fused"]

    return search


@contextmanager
def _kept(served: ServedModel | None, path: Path) -> Iterator[KeptCalls | None]:
    if served is None:
        yield None
        return
    calls = KeptCalls(served.model, path, identity=served.identity)
    try:
        yield calls
    finally:
        calls.close()


def _model_facts(served: ServedModel, calls: KeptCalls | None) -> dict[str, object]:
    return {
        "id": served.model.model_id,
        "profile": served.profile.name,
        "profile_digest": served.profile.digest,
        "trusted_for": list(served.profile.trusted_for),
        "calls_made": calls.n_asked if calls else 0,
        "calls_kept": calls.n_kept if calls else 0,
    }
