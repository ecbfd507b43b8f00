"""What a question of a conversation asks, found out before it is planned.

Rules make each question of the conversation self-contained in turn (`averment.pipelines.reasoning.follow_up`), from the
oldest on; the retriever says which documents each of them names, under the caller's permissions. A model that is
trusted with it may word the result (`averment.pipelines.reasoning.rewriting`); which documents are searched stays what
the rules found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from averment.core.analysis import AnalysisRequest, Turn, recent
from averment.core.answers import ModelCall
from averment.core.documents import DocumentVersion
from averment.core.ports import CatalogReader
from averment.pipelines.reasoning import rewriting
from averment.pipelines.reasoning.document_names import name_of
from averment.pipelines.reasoning.findings import Retriever
from averment.pipelines.reasoning.follow_up import Context, leans, resolve
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.running import StepNote


class ResolvingTools(Protocol):
    """What resolving looks documents up with."""

    @property
    def retriever(self) -> Retriever:
        """Return what says which documents a question names."""

    @property
    def catalog(self) -> CatalogReader:
        """Return what says which documents there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The question to answer: `asked_as` is set where it is not the one that was put.

    `n_turns` of the conversation were looked at, `n_documents` of it are what the search is limited to, 0 for no limit.
    """

    request: AnalysisRequest
    asked_as: str | None
    n_turns: int
    n_documents: int = 0
    call: ModelCall | None = None

    @property
    def note(self) -> StepNote:
        """Return what is written down of it."""
        if self.asked_as is None:
            return StepNote(code="resolved_alone", facts={"turns": self.n_turns}, call=self.call)
        facts = {"turns": self.n_turns, "documents": self.n_documents}
        return StepNote(code="resolved", facts=facts, query=self.asked_as, call=self.call)


def resolve_question(request: AnalysisRequest, *, tools: ResolvingTools, desk: ModelDesk) -> Resolution:
    """Make the question of a request self-contained where it leans on its conversation."""
    turns = recent(request.conversation)
    if not turns or not leans(request.question):
        return Resolution(request=request, asked_as=None, n_turns=len(turns))
    context = _context(request, turns, tools)
    found = resolve(request.question, context)
    wording, call = None, None
    if desk.trusts("rewrite"):
        names = [name_of(document) for document in context.documents]
        wording, call = rewriting.propose(desk, request.question, turns=turns, names=names)
    asked = wording or (found.question if found is not None else request.question)
    ids = found.document_ids if found is not None else ()
    filters = replace(request.filters, document_id=ids) if ids else request.filters
    return Resolution(
        request=replace(request, question=asked, filters=filters, conversation=()),
        asked_as=asked if asked != request.question else None,
        n_turns=len(turns),
        n_documents=len(ids),
        call=call,
    )


def _context(request: AnalysisRequest, turns: Sequence[Turn], tools: ResolvingTools) -> Context:
    """Follow the conversation: each question in turn, what it asked by itself, and of which documents."""
    visible = {document.document_id: document for document in tools.catalog.visible(request.principal, request.filters)}
    context = Context(question=turns[0].question)
    for number, turn in enumerate(turns):
        found = resolve(turn.question, context) if number else None
        asked = found.question if found is not None else turn.question
        cited = [visible[one] for one in turn.document_ids if one in visible]
        carried = [visible[one] for one in found.document_ids if one in visible] if found is not None else []
        named = [] if carried else _named(asked, request, tools, visible=visible)
        # What a question names counts for more than what its answer cites: that may rest on one of two named.
        context = Context(question=asked, documents=tuple(carried or named or cited))
    return context


def _named(
    asked: str, request: AnalysisRequest, tools: ResolvingTools, *, visible: dict[str, DocumentVersion]
) -> list[DocumentVersion]:
    found = tools.retriever.retrieve(asked, principal=request.principal, filters=request.filters, top_k=1)
    return [visible[item.document_id] for item in found.interpretation.documents if item.document_id in visible]
