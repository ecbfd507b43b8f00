"""Training and measuring a verifier: whether a sentence answers a question, and whether a premise entails a claim.

One model reads both kinds of pairs and gives three probabilities: contradiction, neutral, entailment. A sentence that
answers a question counts as entailment, any other as neutral. Its probabilities are brought to scale on documents that
it was not trained on (one temperature, multiplied into its last layer), so that a threshold means something.

Before training nothing verifies; what stands in for it is the likeness of meaning by which sentences are ranked
without a verifier, brought to scale the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.models.verifier import ANSWER_CHOSEN, SENTENCE_CHOSEN
from averment.pipelines.reasoning.meaning import EMBEDDED_CHARS
from averment.pipelines.reasoning.sentences import Span, split
from averment.pipelines.training.cross_encoding import load_cross_encoder, probabilities, save_cross_encoder
from averment.pipelines.training.embedder import Embeds
from averment.pipelines.training.examples import RELATIONS, Claim, Material, Query, Relation
from averment.pipelines.training.material import TrainingDocument
from averment.pipelines.training.ranking import WordRanking, order_by
from averment.pipelines.training.scale import fit_line, fit_temperature, line_probability
from averment.pipelines.training.scores import Item
from averment.pipelines.training.trainers import Course, Lesson, Recipe, Run, run_lesson

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

RECIPE: Final = Recipe(batch_size=16, learning_rate=1.5e-4, epochs=3, max_tokens=128, negatives=3)
THRESHOLD: Final = 0.5
MAX_PREMISE_CHARS: Final = 1_000
_ENTAILMENT, _NEUTRAL = RELATIONS.index("entailment"), RELATIONS.index("neutral")
_CHUNKS: Final = 6
_MAX_RIGHT: Final = 2
_HALF: Final = 0.5
Part = Literal["answers", "entails"]
CHOICES: Final[Mapping[Part, str]] = {"answers": ANSWER_CHOSEN, "entails": SENTENCE_CHOSEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A pair to be judged: a question or claim, the text it is held against, and what is right."""

    item_id: str
    document: str
    part: Part
    asked: str
    text: str
    relation: Relation


def judgements(material: Material, *, negatives: int) -> list[Judgement]:
    """Return the pairs a verifier learns from or is measured with.

    Args:
        material: Labelled questions, those without an answer included, and claims.
        negatives: Sentences that do not answer, per question, or do not decide, per claim.
    """
    ranking = WordRanking(material.documents.values())
    sentences = {name: _sentences(document) for name, document in material.documents.items()}
    made: list[Judgement] = []
    # Whether a document supports a claim is no question that a sentence answers.
    claimed = frozenset(claim.claim_id for claim in material.claims)
    for query in material.queries:
        if query.origin == "labelled" and query.query_id not in claimed:
            document = material.documents[query.document_id]
            found = sentences[query.document_id]
            made += _answers(query, document, found, ranking=ranking, limit=negatives)
    for claim in material.claims:
        found = sentences[claim.document_id]
        made += _claims(claim, material.documents[claim.document_id], found, negatives=negatives)
    return made


def _answers(
    query: Query, document: TrainingDocument, sentences: Sequence[Span], *, ranking: WordRanking, limit: int
) -> list[Judgement]:
    """Pair a question with sentences that answer it and with the likeliest others of the passages found for it."""
    right = [sentence for sentence in sentences if _share(sentence, query.spans) >= _HALF]
    if query.spans and not right:
        return []
    order = order_by(ranking.scores(query.terms, document))[:_CHUNKS]
    shown = [(document.chunks[number].start, document.chunks[number].end) for number in order]
    wrong = [
        sentence
        for sentence in sentences
        if not _share(sentence, query.spans) and any(a < sentence.end and sentence.start < b for a, b in shown)
    ]
    wrong.sort(key=lambda sentence: -_likeness(query.asked, sentence.text))
    labelled: list[tuple[Span, Relation]] = [(sentence, "entailment") for sentence in right[:_MAX_RIGHT]]
    labelled += [(sentence, "neutral") for sentence in wrong[:limit]]
    return [
        Judgement(
            item_id=f"{query.query_id} {sentence.start}",
            document=document.version.content_hash,
            part="answers",
            asked=query.asked,
            text=_folded(sentence.text),
            relation=relation,
        )
        for sentence, relation in labelled
    ]


def _claims(
    claim: Claim, document: TrainingDocument, sentences: Sequence[Span], *, negatives: int
) -> Iterator[Judgement]:
    """Pair a claim with what decides it and with the likeliest sentences that do not.

    Both are made the same way, single sentences and places put together, so that nothing but what they say tells them
    apart. A line that only leads to a list decides nothing by itself.
    """
    shares = [_share(sentence, claim.spans) for sentence in sentences]
    deciding = [one for one, share in zip(sentences, shares, strict=True) if share >= _HALF and not _leads(one)]
    others = [one for one, share in zip(sentences, shares, strict=True) if not share]
    others.sort(key=lambda sentence: -_likeness(claim.hypothesis, sentence.text))
    premises: list[tuple[str, Relation]] = [(one.text, claim.relation) for one in deciding[:_MAX_RIGHT]]
    premises += [(one.text, "neutral") for one in others[:negatives]]
    if len(claim.spans) > 1:
        places = sorted(claim.spans)
        beside = sorted(others[: len(places)], key=lambda sentence: sentence.start)
        premises.append((" ".join(document.text[start:end] for start, end in places), claim.relation))
        premises.append((" ".join(sentence.text for sentence in beside), "neutral"))
    for number, (premise, relation) in enumerate(premises):
        if premise.strip():
            yield Judgement(
                item_id=f"{claim.claim_id} {number}",
                document=document.version.content_hash,
                part="entails",
                asked=claim.hypothesis,
                text=_folded(premise),
                relation=relation,
            )


def _leads(sentence: Span) -> bool:
    """Say whether a sentence only leads to a list."""
    return sentence.text.rstrip().endswith(":")


def train_verifier(
    pairs: Sequence[Judgement],
    *,
    scale_pairs: Sequence[Judgement],
    base: Path,
    out: Path,
    recipe: Recipe,
    course: Course,
) -> Run:
    """Train a verifier, bring its probabilities to scale, and save it.

    Args:
        pairs: What it learns.
        scale_pairs: Pairs about other documents, by which it is brought to scale.
        base: Folder of the model to begin with: a verifier, or any encoder.
        out: Folder for the trained one.
        recipe: How.
        course: Where and how long.
    """
    from sentence_transformers.cross_encoder.losses import CrossEntropyLoss

    model = load_cross_encoder(base, labels=RELATIONS, max_tokens=recipe.max_tokens, course=course)
    columns: dict[str, list[object]] = {
        "asked": [pair.asked for pair in pairs],
        "text": [pair.text for pair in pairs],
        "label": [RELATIONS.index(pair.relation) for pair in pairs],
    }
    lesson = Lesson(model=model, columns=columns, keys=None, loss=CrossEntropyLoss(model), is_cross_encoder=True)
    run = run_lesson(lesson, recipe, course=course)
    if scale_pairs:
        _bring_to_scale(model, scale_pairs)
    save_cross_encoder(model, out)
    return run


def _bring_to_scale(model: "CrossEncoder", pairs: Sequence[Judgement]) -> None:
    """Divide the last layer by the temperature that fits best, which moves no decision between two labels."""
    import torch

    model.eval()
    logits = model.predict(
        [(pair.asked, pair.text) for pair in pairs],
        show_progress_bar=False,
        activation_fn=torch.nn.Identity(),
        convert_to_numpy=True,
    )
    temperature = fit_temperature(logits, [RELATIONS.index(pair.relation) for pair in pairs])
    with torch.no_grad():
        last: Any = [module for module in model.modules() if isinstance(module, torch.nn.Linear)][-1]
        last.weight.div_(temperature)
        last.bias.div_(temperature)


def measure_verifier(pairs: Sequence[Judgement], folder: Path) -> list[Item]:
    """Judge pairs with a verifier.

    Args:
        pairs: What is held out.
        folder: The model.
    """
    model = load_cross_encoder(folder, labels=None)
    rows = probabilities(model, [(pair.asked, pair.text) for pair in pairs])
    items = [
        _item(pair, row[_ENTAILMENT], said=RELATIONS[max(range(len(row)), key=row.__getitem__)])
        for pair, row in zip(pairs, rows, strict=True)
    ]
    return items + _choices(pairs, [1 - row[_NEUTRAL] for row in rows])


def measure_likeness(pairs: Sequence[Judgement], embedder: Embeds, *, scale_pairs: Sequence[Judgement]) -> list[Item]:
    """Judge pairs by likeness of meaning, as long as there is no verifier.

    Args:
        pairs: What is held out.
        embedder: Gives meaning.
        scale_pairs: Other pairs, by which likeness becomes a probability, for each kind of pair by itself.
    """
    known, asked = _likenesses(scale_pairs, embedder), _likenesses(pairs, embedder)
    lines = {}
    for part in dict.fromkeys(pair.part for pair in pairs):
        rows = [
            (value, pair.relation == "entailment")
            for pair, value in zip(scale_pairs, known, strict=True)
            if pair.part == part
        ]
        lines[part] = fit_line([value for value, _ in rows], [right for _, right in rows])
    items = [
        _item(pair, line_probability(lines[pair.part], value), said=None)
        for pair, value in zip(pairs, asked, strict=True)
    ]
    return items + _choices(pairs, asked)


def _choices(pairs: Sequence[Judgement], bearings: Sequence[float]) -> list[Item]:
    """Say of each question or claim whether the text that bears on it most is one that answers or decides it.

    One of which no text is right, or none is wrong, leaves nothing to choose.
    """
    groups: dict[tuple[Part, str], list[tuple[float, Judgement]]] = {}
    for pair, bearing in zip(pairs, bearings, strict=True):
        groups.setdefault((pair.part, pair.item_id.rpartition(" ")[0]), []).append((bearing, pair))
    made = []
    for (part, name), rated in groups.items():
        if len({pair.relation == "neutral" for _, pair in rated}) > 1:
            chosen = max(rated, key=lambda one: one[0])[1]
            values = {"accuracy": float(chosen.relation != "neutral")}
            made.append(Item(item_id=name, document=chosen.document, part=CHOICES[part], values=values))
    return made


def _item(pair: Judgement, probability: float, *, said: Relation | None) -> Item:
    is_right = pair.relation == "entailment"
    values = {
        "accuracy": float((probability >= THRESHOLD) == is_right),
        "brier_score": 1 - (probability - is_right) ** 2,
    }
    if pair.part == "entails":
        guess = said or ("entailment" if probability >= THRESHOLD else "neutral")
        values["three_way_accuracy"] = float(guess == pair.relation)
    return Item(
        item_id=pair.item_id,
        document=pair.document,
        part=pair.part,
        values=values,
        score=probability,
        is_right=is_right,
    )


def _likenesses(pairs: Sequence[Judgement], embedder: Embeds) -> list[float]:
    import numpy as np

    if not pairs:
        return []
    asked = np.asarray(embedder.embed([pair.asked for pair in pairs]), dtype=np.float32)
    texts = np.asarray(embedder.embed([pair.text[:EMBEDDED_CHARS] for pair in pairs]), dtype=np.float32)
    return [float(value) for value in (asked * texts).sum(axis=1)]


def _sentences(document: TrainingDocument) -> list[Span]:
    return [sentence for sentence in split(document.text) if sentence.is_citable]


def _share(sentence: Span, spans: Sequence[tuple[int, int]]) -> float:
    """Return how much of a sentence lies in spans, or of a span in the sentence, whichever is more."""
    best = 0.0
    for start, end in spans:
        shared = min(end, sentence.end) - max(start, sentence.start)
        if shared > 0:
            best = max(best, shared / (end - start), shared / (sentence.end - sentence.start))
    return best


def _likeness(asked: str, text: str) -> float:
    """Return how many of the words asked for a text has, shorter texts first among equals."""
    wanted, has = frozenset(terms(asked)), frozenset(terms(text[:MAX_PREMISE_CHARS]))
    return len(wanted & has) - len(has) / 1_000


def _folded(text: str) -> str:
    return " ".join(text.split())[:MAX_PREMISE_CHARS]
