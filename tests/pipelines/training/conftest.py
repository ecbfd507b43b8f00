"""A small encoder with random weights, and documents of unlike contracts with labelled questions."""

import json
import random
from pathlib import Path

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.ids import content_hash
from averment.pipelines.ingestion.embedder_folder import packaged_model_path
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.training.examples import Claim, Material, Query, make_query
from averment.pipelines.training.material import TrainingDocument, read_document

LAWS = ("Utah", "Ohio", "Texas", "Nevada", "Maine", "Iowa", "Kansas", "Oregon", "Alaska", "Idaho")
SUBJECTS = ("pumps", "software", "leases", "grain", "timber", "paint", "glass", "steel", "cotton", "maps")
CLAUSES = (
    ("Governing Law", "Which law governs the agreement?", "This Agreement is governed by the laws of {law}."),
    ("Payment", "When must invoices be paid?", "The buyer shall pay each invoice within {days} days of receipt."),
    ("Termination", "How can the agreement be terminated?", "Either party may terminate upon {days} days notice."),
    ("Delivery", "Where is the delivery made?", "The seller shall deliver the {subject} to the port of {law}."),
    ("Audit", "May the buyer inspect the books?", "The buyer may inspect the books on {subject} once a year."),
    ("Insurance", "What insurance is needed?", "The seller keeps insurance of {days} million for the {subject}."),
    ("Warranty", "How long is the warranty?", "The {subject} are free of defects for {days} months."),
    ("Confidentiality", "What must be kept secret?", "Neither party shall disclose the prices of the {subject}."),
)


def made_text(number: int) -> tuple[str, dict[str, str]]:
    """Write a contract, and return it with the answers to its questions."""
    law, subject = LAWS[number % len(LAWS)], SUBJECTS[number % len(SUBJECTS)]
    draw = random.Random(number)
    parts, answers = [f"SUPPLY AGREEMENT {number}\n\nmade by Seller {number} Inc. and Buyer {number} Ltd."], {}
    for place, (heading, question, wording) in enumerate(CLAUSES, start=1):
        answer = wording.format(law=law, subject=subject, days=10 + number)
        words = [f"{subject[:3]}{draw.randrange(10_000)}" for _ in range(60)]
        parts.append(f"{place}. {heading}.\n\n{answer} {' '.join(words)}. More is in annex {words[0]}.")
        answers[question] = answer
    return "\n\n".join(parts), answers


def made_document(number: int, text: str | None = None) -> TrainingDocument:
    """Read a contract as ingestion does."""
    content = (text if text is not None else made_text(number)[0]).encode()
    name = f"contract-{number}.txt"
    draft = DocumentVersion(
        document_id=f"d{number}",
        source_uri=name,
        content_hash=content_hash(content),
        text_hash=None,
        version=1,
        media_type="text/plain",
        kind="other",
        title=name,
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="",
        connector="test",
        size_bytes=len(content),
    )
    return read_document(partition(content, name=name), draft=draft)


def made_material(n_documents: int) -> Material:
    """Return contracts with a question a clause, and a claim a document."""
    documents: dict[str, TrainingDocument] = {}
    queries: list[Query] = []
    claims: list[Claim] = []
    for number in range(n_documents):
        document = made_document(number)
        documents[document.document_id] = document
        for place, (question, answer) in enumerate(made_text(number)[1].items()):
            start = document.text.index(answer)
            spans = [(start, start + len(answer))]
            name = f"q{number}-{place}"
            queries.append(make_query(question, document, query_id=name, spans=spans, origin="labelled"))
            if place == 0:
                claims.append(
                    Claim(
                        claim_id=f"c{number}",
                        document_id=document.document_id,
                        hypothesis=f"The law of {LAWS[number % len(LAWS)]} governs.",
                        relation="entailment",
                        spans=tuple(spans),
                    )
                )
    return Material(documents=documents, queries=tuple(queries), claims=tuple(claims), sources={"made": "by hand"})


@pytest.fixture(scope="module")
def material() -> Material:
    """Return fourteen contracts unlike each other."""
    return made_material(14)


@pytest.fixture(scope="module")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an encoder of two layers with random weights and the packaged model's tokenizer."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel, set_seed

    set_seed(0)
    bare = tmp_path_factory.mktemp("bare")
    tokenizer = AutoTokenizer.from_pretrained(str(packaged_model_path()))
    shape = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=256,
    )
    BertModel(shape).save_pretrained(str(bare))
    tokenizer.save_pretrained(str(bare))
    words = Transformer(str(bare), max_seq_length=128)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    model = SentenceTransformer(modules=[words, Pooling(32), Normalize()], device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    assert json.loads((folder / "modules.json").read_text())
    return folder
