"""The guards hold back statements that were made wrong and let the true ones pass, on a report of ours and filings."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.ids import content_hash, text_hash
from averment.evaluation.mutations import mutants, passes, statements
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.prepared import PreparedTexts
from averment.pipelines.stores.layout import LayoutReader, to_layout

EXAMPLES = Path(__file__).parents[2] / "examples" / "documents"
SEED = 7


def source_of(path: Path) -> Source:
    """Read a file as the ingestion does, without stores."""
    content = path.read_bytes()
    parsed = partition(content, name=path.name)
    version = DocumentVersion(
        document_id=path.stem, source_uri=path.name, content_hash=content_hash(content),
        text_hash=text_hash(parsed.text), version=1, media_type=parsed.media_type, kind="filing", title=path.stem,
        access=AccessLabel(), status=DocumentStatus.READY, revision="1", connector="files", size_bytes=len(content),
        n_chars=len(parsed.text), n_pages=len(parsed.pages), n_chunks=1, pipeline_version="p",
    )  # fmt: skip
    return Source(version, text=parsed.text, layout=LayoutReader(to_layout(parsed), parsed.text))


def rates(paths: Sequence[Path], *, count: int) -> tuple[float, float, int]:
    """Return the shares of wrong statements held back and of true ones passed, and how many were wrong."""
    prepared = PreparedTexts()
    passed, blocked, made_wrong, true, missed = 0, Counter[str](), Counter[str](), 0, []
    for source in _sources(paths):
        spans, entries = prepared.sentences(source).spans, prepared.entries(source)
        made = statements(spans, entries)
        true += len(made)
        passed += sum(passes(one, source, entries=entries) for one in made)
        for mutant in mutants(made, count=count // len(paths), seed=SEED):
            made_wrong[mutant.mutation] += 1
            if passes(mutant.statement, source, entries=entries):
                missed.append(f"{mutant.mutation}: {mutant.statement.text} <- {mutant.statement.cited.text[:90]}")
            else:
                blocked[mutant.mutation] += 1
    total = sum(made_wrong.values())
    print(f"\nseed {SEED}: {passed} of {true} true statements pass")
    print(f"wrong ones held back: {dict(blocked)} of {dict(made_wrong)}")
    print("\n".join(missed[:40]))
    return sum(blocked.values()) / total, passed / true, total


def _sources(paths: Sequence[Path]) -> Iterator[Source]:
    for path in paths:
        yield source_of(path)


@pytest.mark.slow
def test_on_a_report_of_ours() -> None:
    held_back, passed, total = rates([EXAMPLES / "quarterly-report-2026q2.html"], count=300)
    assert total >= 200
    assert held_back >= 0.99
    assert passed >= 0.8


@pytest.mark.slow
def test_a_thousand_on_filings(shared_data: Path) -> None:
    paths = sorted((shared_data / "corpus" / "sec_html").glob("*.html"))[::3][:10]
    held_back, passed, total = rates(paths, count=1_000)
    assert total >= 1_000 * 0.9
    assert held_back >= 0.99
    assert passed >= 0.8
