"""Retrieval as a Haystack component, for pipelines that go on from passages.

The principal is an input of every run, never a setting: a pipeline serves many callers.
"""

from haystack import Document, Pipeline, component, default_to_dict

from averment.core.access import Filters, Principal
from averment.core.answers import Passage
from averment.core.jsonable import to_json
from averment.pipelines.retrieval.results import RetrievalResult
from averment.pipelines.retrieval.retriever import HybridRetriever


@component
class PassageRetriever:
    """Retrieves passages for a question on behalf of a principal.

    Args:
        retriever: Does the retrieving; its fingerprint is what the component serialises to.
    """

    def __init__(self, retriever: HybridRetriever) -> None:
        self._retriever = retriever

    @component.output_types(documents=list[Document], result=RetrievalResult)
    def run(
        self, question: str, principal: Principal, filters: Filters | None = None, top_k: int = 16
    ) -> dict[str, object]:
        """Retrieve.

        Returns:
            `documents`: passages best first, `content` the cited text and `meta` where it lies; `result`: the same
            with interpretation and timings.
        """
        result = self._retriever.retrieve(question, principal=principal, filters=filters, top_k=top_k)
        return {"documents": [_document(passage) for passage in result.passages], "result": result}

    def to_dict(self) -> dict[str, object]:
        """Serialise to what decides the passages besides the stores."""
        return default_to_dict(self, fingerprint=self._retriever.fingerprint)


def build_retrieval_pipeline(retriever: HybridRetriever) -> Pipeline:
    """Make a pipeline whose only component is `retriever`."""
    pipeline = Pipeline()
    pipeline.add_component("retriever", PassageRetriever(retriever))
    return pipeline


def _document(passage: Passage) -> Document:
    meta = to_json(passage)
    assert isinstance(meta, dict)
    text = str(meta.pop("text"))
    return Document(
        id=f"{passage.chunk_id}:{passage.start}:{passage.end}", content=text, score=passage.score, meta=meta
    )
