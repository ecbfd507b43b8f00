"""The documents and questions that benchmarks run on: a seeded sample of a pack, else the project's own samples."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from averment.core.errors import ConfigurationError
from averment.evaluation.bench.plan import Plan

CONTRACTS: Final = "cuad"
FILINGS: Final = "sec_10q"
SAMPLES: Final = Path("examples/documents")
SAMPLE_QUESTIONS: Final = Path("examples/questions.yaml")


def contracts(plan: Plan, n: int, *, pages: tuple[int, int] = (1, 60)) -> list[Path]:
    """Choose contracts as PDF with a text layer.

    Args:
        plan: The run.
        n: How many; fewer where there are not so many.
        pages: Least and most pages of one.
    """
    return _choose(plan, CONTRACTS, n, pages=pages)


def filings(plan: Plan, n: int) -> list[Path]:
    """Choose quarterly reports as PDF with a text layer."""
    return _choose(plan, FILINGS, n, pages=(1, 1000))


def questions(plan: Plan, n: int) -> list[str]:
    """Choose questions on those documents, in a seeded order; fewer where there are not so many."""
    found: list[str] = []
    for collection in (CONTRACTS, FILINGS):
        file = plan.data / "benchmarks" / collection / "queries.jsonl"
        if file.exists():
            found += [str(json.loads(line)["question"]) for line in file.read_text("utf-8").splitlines() if line]
    if not found:
        entries = yaml.safe_load((plan.root / SAMPLE_QUESTIONS).read_text("utf-8"))["questions"]
        found = [str(entry["question"]) for entry in entries]
    random.Random(plan.seed).shuffle(found)
    return list(dict.fromkeys(found))[:n]


def n_pages(path: Path) -> int:
    """Count the pages of a PDF."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return len(document)


def pdfium_text(path: Path) -> int:
    """Read the text of a PDF with bare pdfium, page by page, and return its length in characters."""
    import pypdfium2

    length = 0
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            text_page = page.get_textpage()
            length += len(text_page.get_text_range())
            text_page.close()
            page.close()
    return length


def join_pages(sources: Sequence[Path], *, pages: int, out: Path) -> int:
    """Write the first so many pages of several PDFs, one after the other, as one PDF; return how many there were.

    The files are repeated where they have too few pages together.
    """
    import pypdfium2

    joined = pypdfium2.PdfDocument.new()
    while len(joined) < pages:
        for source in sources:
            with pypdfium2.PdfDocument(source) as part:
                wanted = min(len(part), pages - len(joined))
                joined.import_pages(part, list(range(wanted)))
            if len(joined) >= pages:
                break
    joined.save(out)
    n = len(joined)
    joined.close()
    return n


def _choose(plan: Plan, collection: str, n: int, *, pages: tuple[int, int]) -> list[Path]:
    folder = plan.data / "corpus" / collection
    found = sorted(folder.glob("*.pdf")) or sorted((plan.root / SAMPLES).glob("*.pdf"))
    random.Random(f"{plan.seed} {collection}").shuffle(found)
    chosen: list[Path] = []
    for path in found:
        if len(chosen) == n:
            break
        if pages[0] <= n_pages(path) <= pages[1] and pdfium_text(path) > 200 * n_pages(path):
            chosen.append(path)
    if not chosen:
        raise ConfigurationError(
            f"there are no PDFs with text in {str(folder)!r} or {str(plan.root / SAMPLES)!r}",
            hint="run the benchmarks in a checkout, or give --data FOLDER",
        )
    return chosen
