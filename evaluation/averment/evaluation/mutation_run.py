"""How many wrong statements about tables the guards hold back, and how many true ones they let pass, over a pack."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from averment.core.errors import ConfigurationError, DocumentError
from averment.evaluation.citations import source_of
from averment.evaluation.mutations import MUTATIONS, Mutant, TableStatement, mutants, passes, statements
from averment.evaluation.pack import Pack, PackDocument
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.prepared import PreparedTexts

HELD_BACK: Final = 0.99
MAX_SHOWN: Final = 20


def run_mutations(
    pack: Pack,
    collections: Sequence[str],
    *,
    count: int,
    seed: int,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Make statements of the figures of documents, make some of them wrong, and check all of them.

    Args:
        pack: The data pack.
        collections: Whose documents are read, as they are.
        count: How many wrong statements, spread evenly over the documents; fewer where they hold fewer figures.
        seed: Chooses statements and mistakes.
        on_progress: Told after every document.

    Raises:
        ConfigurationError: No document is of these collections.
    """
    documents = [document for document in pack.documents.values() if document.collection in collections]
    if not documents:
        raise ConfigurationError(f"the pack has no document of {', '.join(collections)}", hint="--tables COLLECTION")
    tally = _Tally()
    for number, document in enumerate(documents):
        # What earlier documents could not give is taken from those that follow.
        wanted = -(-(count - tally.n_wrong) // (len(documents) - number))
        tally.add(pack, document, count=wanted, seed=seed + number)
        on_progress(number + 1, len(documents))
    return tally.summary(len(documents), seed)


class _Tally:
    """Counts what passes, document by document; one that cannot be read counts as such."""

    def __init__(self) -> None:
        self._prepared = PreparedTexts()
        self._made, self._blocked = Counter[str](), Counter[str]()
        self._true = self._passed = self._unread = 0
        self._missed: list[dict[str, str]] = []

    @property
    def n_wrong(self) -> int:
        return sum(self._made.values())

    def add(self, pack: Pack, document: PackDocument, *, count: int, seed: int) -> None:
        file = document.file("native")
        try:
            source = source_of((pack.root / file.path).read_bytes(), name=file.path.split("/")[-1]) if file else None
        except DocumentError:
            source = None
        if source is None:
            self._unread += 1
            return
        entries = self._prepared.entries(source)
        made = statements(self._prepared.sentences(source).spans, entries)
        self._count_true(made, source)
        for mutant in mutants(made, count=count, seed=seed):
            self._made[mutant.mutation] += 1
            if passes(mutant.statement, source, entries=entries):
                self._note(document, mutant)
            else:
                self._blocked[mutant.mutation] += 1

    def _count_true(self, made: Sequence[TableStatement], source: Source) -> None:
        self._true += len(made)
        self._passed += sum(passes(one, source, entries=self._prepared.entries(source)) for one in made)

    def _note(self, document: PackDocument, mutant: Mutant) -> None:
        if len(self._missed) < MAX_SHOWN:
            said = {"mutation": mutant.mutation, "said": mutant.statement.text}
            self._missed.append({"document": document.doc_id, **said, "cited": mutant.statement.cited.text})

    def summary(self, n_documents: int, seed: int) -> dict[str, Any]:
        blocked = sum(self._blocked.values())
        return {
            "seed": seed,
            "documents": n_documents,
            "unread": self._unread,
            "true": self._true,
            "true_passed": self._passed,
            "wrong": self.n_wrong,
            "blocked": blocked,
            "kinds": {
                kind: {"made": self._made[kind], "blocked": self._blocked[kind]}
                for kind in MUTATIONS
                if self._made[kind]
            },
            "passed": self.n_wrong > 0 and blocked >= HELD_BACK * self.n_wrong,
            "missed": self._missed,
        }
