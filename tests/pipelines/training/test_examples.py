"""Digests of material: the same for the same content, another for anything else."""

import random
from dataclasses import replace

from averment.pipelines.training.examples import Material, join_material, keys_of


def test_the_digest_does_not_depend_on_order_or_ids(material: Material) -> None:
    dice = random.Random(1)
    queries, documents = list(material.queries), list(material.documents.items())
    dice.shuffle(queries)
    dice.shuffle(documents)
    other = replace(material, queries=tuple(queries), documents=dict(documents))
    renamed = {
        name: replace(document, version=replace(document.version, document_id=f"x{name}"))
        for name, document in documents
    }
    again = Material(
        documents={f"x{name}": document for name, document in renamed.items()},
        queries=tuple(replace(query, document_id=f"x{query.document_id}") for query in queries),
        claims=tuple(replace(claim, document_id=f"x{claim.document_id}") for claim in material.claims),
    )
    assert material.digest() == other.digest() == again.digest()


def test_the_digest_sees_every_change(material: Material) -> None:
    first = material.queries[0]
    moved = replace(first, spans=((first.spans[0][0], first.spans[0][1] + 1),))
    changes = [
        replace(material, queries=material.queries[1:]),
        replace(material, queries=(moved, *material.queries[1:])),
        replace(material, claims=()),
    ]
    assert len({material.digest(), *(change.digest() for change in changes)}) == 4


def test_parts_are_joined_and_taken_apart(material: Material) -> None:
    names = list(material.documents)
    one, other = material.only(names[:5]), material.only(names[5:])
    assert join_material([one, other]).digest() == material.digest()
    assert {query.document_id for query in one.queries} == set(names[:5])


def test_the_order_of_words_makes_no_other_question() -> None:
    assert keys_of("the law that governs", []) == keys_of("governs the law", [])
    assert keys_of("the law", ["a", "b"]) & keys_of("other words", ["a"]) == {"topic:a"}
