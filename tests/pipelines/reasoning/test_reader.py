"""Reading finds the sentence that answers, and never one that may not be cited."""

from typing import Any

from averment.core.clock import SystemClock
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.planner import make_plan
from averment.pipelines.reasoning.reader import Interest, Reader, Stretch, paragraphs_of


def interest(question: str) -> Interest:
    plan = make_plan(question)
    return Interest(question=plan.scope.question, topics=plan.topics, kind=plan.answer_kind)


def source(desk: Any) -> Source:
    corpus = desk.corpus
    document = corpus.documents["lease"]
    return Source(document, text=corpus.text(document.text_hash), layout=corpus.layout(document.text_hash))


def test_the_best_sentence_answers_and_is_the_text(desk: Any) -> None:
    lease = source(desk)
    reader = Reader(HashEmbedder(), SystemClock())
    candidates, model_s = reader.read(interest("Which state's law governs the contract?"), [Stretch(source=lease)])
    best = candidates[0]
    assert "laws of the State of Delaware" in best.span.text
    assert lease.text[best.span.start : best.span.end] == best.span.text
    assert best.on_topic
    assert best.holds_kind
    assert 0 <= best.score <= 1
    assert model_s >= 0
    assert [item.score for item in candidates] == sorted((item.score for item in candidates), reverse=True)


def test_headings_and_hidden_text_are_no_candidates(desk: Any) -> None:
    reader = Reader(None, SystemClock())
    candidates, model_s = reader.read(interest("Which law governs?"), [Stretch(source=source(desk))])
    assert model_s == 0.0
    assert not any("Mars" in item.span.text or item.span.text.isupper() for item in candidates)


def test_only_the_stretch_is_read_and_each_sentence_once(desk: Any) -> None:
    lease = source(desk)
    reader = Reader(None, SystemClock())
    start = lease.text.index("5. Fees")
    stretches = [Stretch(source=lease, start=start, end=start + 40), Stretch(source=lease, start=start)]
    candidates, _ = reader.read(interest("How much is the rent?"), stretches)
    assert [item.span.text[:7] for item in candidates] == ["5. Fees"]
    assert reader.read(interest("How much?"), []) == ([], 0.0)


def test_sentences_of_one_paragraph_are_the_paragraph_once_and_first_comes_first(desk: Any, parse: Any) -> None:
    clause = "1. Keys. Tenant returns every key. No key may be copied by anybody."
    other = "2. Noise. Tenant makes no noise at night."
    desk.corpus.add("lease", parse(f"LEASE\n\n{clause}\n\n{other}"), title="Lease")
    lease = source(desk)
    candidates, _ = Reader(None, SystemClock()).read(interest("Keys and noise at night"), [Stretch(source=lease)])
    by_start = {item.span.start: item for item in candidates}
    copied, noise = by_start[lease.text.index("No key")], by_start[lease.text.index("2. Noise")]
    first = by_start[lease.text.index("1. Keys")]
    assert [item.span.text for item in paragraphs_of([first, noise, copied])] == [clause, other]
    assert lease.text[lease.text.index(clause) :].startswith(paragraphs_of([copied])[0].span.text)
    assert paragraphs_of([]) == []
