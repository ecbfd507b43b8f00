"""Who may see what, over every way to search: no result, count, suggestion or cache tells of what is out of reach.

`AVERMENT_TEST_LONG=1` tries 10,000 random cases, in some five minutes of one core; without it, a seeded two hundred.
Every case is one search by a random principal and one look each at the stores, at where a passage stands and at what a
name leads to; labels change every tenth case, by a new reading of the document or in place.
"""

import os
import random
from dataclasses import dataclass
from functools import partial

import pytest

from averment.core.access import AccessLabel, Filters, Principal
from averment.core.errors import DocumentNotFound
from averment.core.ports import IndexQuery
from averment.pipelines.document_views import DocumentViews
from averment.pipelines.ingestion.sparse import query_vector
from averment.pipelines.retrieval.phrases import holds_all
from averment.pipelines.retrieval.results import RetrievalResult
from averment.pipelines.retrieval.retriever import HybridRetriever, RetrievalSettings
from averment.pipelines.stores.access_filter import READERS_FIELD, TENANT_FIELD
from averment.pipelines.stores.blobs import FolderBlobStore

from .conftest import Library
from .sample_contracts import contract, report

IS_LONG = bool(os.environ.get("AVERMENT_TEST_LONG"))
GROUPS = ("everyone", "legal", "hr", "board", "audit")
TENANTS = ("default", "other", "third")
# What no label holds, however much it looks like one.
STRANGERS = ("", " ", "nobody", "Legal", "legal ", "lega", "*", "%", "_", "legal' OR '1'='1", "null", "leg\x00al")
NAMES = ("Quorvex", "Brindlemere", "Osterquell", "Tannhavel", "Fennimoor", "Castorby", "Wexliff", "Lindgrau")
QUESTIONS = (
    "Which law governs the contract?",
    "What does the Supply Agreement of {name} Ltd. say about fees?",
    "Compare the agreements of {name} Ltd. and {other} GmbH: what notice is needed to terminate?",
    "Which contracts can be terminated without cause?",
    "How many contracts in the collection are governed by the law of {law}?",
    "Which contracts satisfy both? (1) Is it governed by the law of {law}? (2) Must information be kept confidential?",
    "Which agreements name {name}?",
    "Welche Verträge unterliegen dem Recht von {law}?",
    "revenue of {name} Instruments, Inc. in the first quarter of 2024",
    "{name}",
    'the clause called "{name} {other}"',
    'Where does it say "governed by and construed" in the agreement of {name} Ltd.?',
    "What must {name} pay?",
    "Compare the fees across all agreements and say when they fall due",
    "In wie vielen Verträgen wird Vertraulichkeit verlangt und gilt das Recht von {law}?",
)
# Nothing is dropped most of the time.
IGNORED = ((), (), (), (), ("all",), ("documents",), ("list",), ("topics", "compare"), ("demand:1", "parts"))
LAWS = ("Ohio", "Bavaria", "Delaware", "Utah")


@dataclass
class World:
    """A library with labels that change."""

    stores: Library
    retriever: HybridRetriever
    views: DocumentViews
    labels: dict[str, AccessLabel]
    texts: list[str]
    ids: list[str]

    def relabel(self, number: int, access: AccessLabel) -> None:
        """Ingest a document again under another label."""
        self.labels[self.ids[number]] = access
        assert self.stores.put(f"d{number}.txt", self.texts[number], access=access) == self.ids[number]

    def relabel_in_place(self, number: int, access: AccessLabel) -> None:
        """Change who may read a document without reading it again, as upkeep does."""
        document_id = self.ids[number]
        self.labels[document_id] = access
        payload = {TENANT_FIELD: access.tenant, READERS_FIELD: sorted(access.readers)}
        self.stores.index.update_document(document_id, payload)
        self.stores.catalog.relabel(document_id, access, is_settled=True)

    def readable(self, principal: Principal) -> set[str]:
        """Say independently of the code under test what a principal may read."""
        return {
            document_id
            for document_id, label in self.labels.items()
            if label.tenant == principal.tenant and any(group and group in label.readers for group in principal.groups)
        }


@pytest.fixture(scope="module")
def world(library: Library, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return thirty-two documents under random labels, and a retriever whose caches have seen all of them."""
    dice = random.Random(7)
    blobs = FolderBlobStore(tmp_path_factory.mktemp("unused"))
    views = DocumentViews(library.catalog, blobs=blobs, texts=library.texts, max_pages=10)
    made = World(stores=library, retriever=library.retriever(), views=views, labels={}, texts=[], ids=[])
    for number in range(32):
        name, other = NAMES[number % len(NAMES)], NAMES[(number // 4 + 1) % len(NAMES)]
        text = (
            report(f"{name} Instruments, Inc.", "March 31, 2024", "first quarter of 2024")
            if number % 8 == 7
            else contract("SUPPLY AGREEMENT", f"{name} Ltd.", f"{other} GmbH", law=LAWS[number % len(LAWS)])
        )
        # A name that only this document has for a party of several.
        text = text.replace(
            f"{name} Ltd., a company,", f'{name} Ltd., a company (the "{name}or{"abcdefgh"[number // 4]}"),'
        )
        access = random_label(dice)
        made.texts.append(text)
        made.ids.append(library.put(f"d{number}.txt", text, access=access))
        made.labels[made.ids[-1]] = access
    made.retriever.warm_up()
    for tenant in TENANTS:
        everybody = Principal(subject="warm", groups=GROUPS, tenant=tenant)
        for question in QUESTIONS:
            made.retriever.retrieve(
                question.format(name=NAMES[0], other=NAMES[1], law="Ohio"), principal=everybody, top_k=200
            )
    return made


def random_label(dice: random.Random) -> AccessLabel:
    readers = tuple(group for group in GROUPS if dice.random() < 0.3)
    return AccessLabel(tenant=dice.choice(TENANTS), readers=readers)


def random_principal(dice: random.Random) -> Principal:
    pool = [*GROUPS, *STRANGERS]
    groups = tuple(dice.sample(pool, dice.randint(0, 4)))
    return Principal(subject="p", groups=groups, tenant=dice.choice([*TENANTS, "", "%", "Default"]))


def random_filters(dice: random.Random, world: World) -> Filters:
    drawn = dice.random()
    if drawn < 0.6:
        return Filters()
    if drawn < 0.7:
        return Filters(document_id=tuple(dice.sample(world.ids, 3)))
    if drawn < 0.8:
        return Filters(party=(f"{dice.choice(NAMES)} ltd.",))
    if drawn < 0.9:
        return Filters(file_name=(f"d{dice.randrange(len(world.ids))}.txt",))
    return Filters(date_from="2000-01-01")


def random_question(dice: random.Random) -> str:
    name, other = dice.sample(NAMES, 2)
    return dice.choice(QUESTIONS).format(name=name, other=other, law=dice.choice(LAWS))


def check_result(found: RetrievalResult, readable: set[str], world: World, *, top_k: int) -> None:
    assert {passage.document_id for passage in found.passages} <= readable
    assert {named.document_id for named in found.interpretation.documents} <= readable
    survey = found.interpretation.survey
    if survey is not None:
        assert survey.documents_looked_at <= survey.documents_in_scope <= len(readable)
        assert {match.document_id for match in survey.matches} <= readable
        assert len(survey.matches) == (survey.documents_matched or 0)
    assert not {item.id.removeprefix("document:") for item in found.interpretation.understood} & (
        set(world.ids) - readable
    )
    own = [world.texts[world.ids.index(document_id)] for document_id in readable]
    for synonym in found.interpretation.synonyms:
        assert any(synonym.means in text and synonym.said in text for text in own)
    for phrase in found.interpretation.phrases:
        assert phrase.n_passages == 0 or any(holds_all(text, (phrase.text,)) for text in own)
    assert found.interpretation.n_collapsed + len(found.passages) <= top_k
    for passage in found.passages:
        assert passage.text in world.texts[world.ids.index(passage.document_id)]


def check_stores(world: World, principal: Principal, filters: Filters, question: str) -> None:
    stores, readable = world.stores, world.readable(principal)
    for level in ("chunk", "document"):
        query = IndexQuery(
            principal=principal,
            filters=filters,
            limit=100,
            sparse=query_vector(question),
            dense=stores.embedder.embed_query(question),
            level=level,
        )
        (hits,) = stores.index.search_many([query])
        assert hits == stores.index.search(query)
        assert {hit.payload["document_id"] for hit in hits} <= readable
        assert {hit.payload["level"] for hit in hits} <= {level}
    visible = stores.catalog.visible(principal, filters)
    assert {document.document_id for document in visible} <= readable
    assert stores.catalog.count_visible(principal, filters) == len(visible)
    assert stores.catalog.any_visible(principal, filters) == bool(visible)
    listed = stores.catalog.list_documents(principal=principal, filters=filters, limit=1000).items
    assert [document.document_id for document in listed] == [document.document_id for document in visible]
    if filters == Filters():
        assert {document.document_id for document in visible} == readable


def check_suggestions(world: World, principal: Principal, number: int, dice: random.Random) -> None:
    """A name, or part of one, leads to readable documents only, in the answer and in the words of the error."""
    readable = world.readable(principal)
    references = (f"d{number}.txt", f"file:///d{number}.txt", "d", ".txt", world.ids[number])
    reference = dice.choice(references)
    try:
        assert world.stores.catalog.resolve(reference, principal=principal) in readable
    except DocumentNotFound as error:
        hidden = [document_id for document_id in world.ids if document_id not in readable]
        said = f"{error.message} {error.hint}".replace(reference, "")
        assert not any(document_id in said for document_id in hidden)


def check_views(world: World, principal: Principal, number: int, dice: random.Random) -> None:
    """What surrounds a passage, and what a document defines, is for its readers; others are told it is not there."""
    document_id = world.ids[number]
    if document_id in world.readable(principal):
        around = world.views.surroundings(document_id, start=0, end=5, n=2, principal=principal)
        assert all(piece.text in world.texts[number] for piece in (*around.before, *around.after))
        return
    look = dice.choice((world.views.structure, world.views.text, partial(world.views.surroundings, start=0, end=5)))
    with pytest.raises(DocumentNotFound):
        look(document_id, principal=principal)


@pytest.mark.slow
@pytest.mark.skipif(not IS_LONG, reason="10,000 cases run with AVERMENT_TEST_LONG=1; 200 run without")
def test_nothing_out_of_reach_shows_in_ten_thousand_cases(world: World) -> None:
    explore(world, cases=10_000, seed=1)


@pytest.mark.slow
def test_nothing_out_of_reach_shows(world: World) -> None:
    explore(world, cases=200, seed=2)


def explore(world: World, *, cases: int, seed: int) -> None:
    dice = random.Random(seed)
    n_found = n_hidden = 0
    for case in range(cases):
        if case % 10 == 0:
            change = world.relabel if case % 100 == 0 else world.relabel_in_place
            change(dice.randrange(len(world.ids)), random_label(dice))
        principal, filters, question = random_principal(dice), random_filters(dice, world), random_question(dice)
        readable = world.readable(principal)
        top_k = dice.choice((1, 5, 40, 200))
        found = world.retriever.retrieve(
            question, principal=principal, filters=filters, top_k=top_k, ignore=dice.choice(IGNORED)
        )
        check_result(found, readable, world, top_k=top_k)
        check_stores(world, principal, filters, question)
        check_suggestions(world, principal, dice.randrange(len(world.ids)), dice)
        check_views(world, principal, dice.randrange(len(world.ids)), dice)
        n_found += bool(found.passages)
        n_hidden += not readable
    # The cases would prove nothing if nobody found anything, or if everybody might read something.
    assert n_found > cases / 10
    assert n_hidden > cases / 10


def test_a_hidden_document_is_answered_for_like_one_that_never_was(world: World) -> None:
    """What is out of reach changes nothing but its own word in the answer: not the ranking, not the suggestions."""
    by_words = HybridRetriever(
        world.stores.index,
        catalog=world.stores.catalog,
        texts=world.stores.texts,
        embedder=world.stores.embedder,
        settings=RetrievalSettings(dense=False),
    )
    hidden = contract("LICENCE AGREEMENT", "Vexillorum Ltd.", "Marquenta GmbH")
    world.stores.put("secret.txt", hidden, access=AccessLabel(tenant="default", readers=("nobody-here",)))
    somebody = Principal(subject="p", groups=GROUPS)
    for question in QUESTIONS:
        seen = by_words.retrieve(question.format(name="Vexillorum", other="Marquenta", law="Ohio"), principal=somebody)
        none = by_words.retrieve(question.format(name="Zzyvorthan", other="Qumbarello", law="Ohio"), principal=somebody)
        assert [(p.chunk_id, p.start, p.end, p.score) for p in seen.passages] == [
            (p.chunk_id, p.start, p.end, p.score) for p in none.passages
        ]
        renamed = tuple(
            {"Vexillorum": "Zzyvorthan", "Marquenta": "Qumbarello"}.get(word, word)
            for word in seen.interpretation.unmatched
        )
        assert renamed == none.interpretation.unmatched
        assert seen.interpretation.survey == none.interpretation.survey
        assert seen.interpretation.documents == none.interpretation.documents
