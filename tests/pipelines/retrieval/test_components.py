"""Retrieval inside a Haystack pipeline."""

from averment.core.access import AccessLabel, Principal
from averment.pipelines.retrieval.components import PassageRetriever, build_retrieval_pipeline

from .conftest import Library
from .sample_contracts import contract


def test_passages_are_documents_and_the_principal_comes_with_the_run(library: Library) -> None:
    text = contract("LEASE AGREEMENT", "Tamarind Foods Ltd.", "Opal AG", law="Utah")
    library.put("lease.txt", text, access=AccessLabel(readers=("legal",)))
    pipeline = build_retrieval_pipeline(library.retriever())

    def run(group: str) -> dict[str, object]:
        inputs = {"question": "Which law governs?", "principal": Principal(subject="p", groups=(group,)), "top_k": 3}
        found: dict[str, object] = pipeline.run({"retriever": inputs})["retriever"]
        return found

    documents = run("legal")["documents"]
    assert isinstance(documents, list)
    assert "laws of Utah" in documents[0].content
    stored = library.texts.text(documents[0].meta["text_hash"])
    assert documents[0].content == stored[documents[0].meta["start"] : documents[0].meta["end"]]
    assert run("hr")["documents"] == []


def test_it_serialises_to_what_decides_its_passages(library: Library) -> None:
    written = PassageRetriever(library.retriever()).to_dict()
    assert written["init_parameters"] == {"fingerprint": library.retriever().fingerprint}
