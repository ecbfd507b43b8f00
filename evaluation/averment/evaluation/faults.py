"""Faults put into what was read of a pack's documents: does the completeness certificate find them?

Every document is read once as production reads it; then copies of the reading lose or change something (pages, rows,
words, digits), and the certificate is made anew against the untouched file. A fault that leaves all letters and digits
as they were is none, and is drawn again.
"""

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Final, Literal

from averment.core.completeness import Thresholds
from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentError
from averment.evaluation import text_faults
from averment.evaluation.pack import Pack, PackFile
from averment.evaluation.page_faults import FAULTS, PAGE_FAULTS, Page, drop_rows, put_together, said, take_apart
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_worker import PartitionPool
from averment.pipelines.ingestion.pdf_certificate import certify_pdf
from averment.pipelines.ingestion.text_completeness import certify_file

Reading = Literal["pages with text", "scanned pages", "without pages"]
READINGS: Final[tuple[Reading, ...]] = ("pages with text", "scanned pages", "without pages")
PageFault = Callable[[list[Page], random.Random], None]

_MAX_DRAWS: Final = 20
_LOST_ROWS: Final = (1, 2, 3, 6)
# Losses of less than this many rows of a scanned page are counted, and need not be found.
_REQUIRED_ROWS: Final = 3
# Name, fault, whether it must be found.
_SCANNED: Final[tuple[tuple[str, PageFault, bool], ...]] = (
    *((fault.__name__, fault, True) for fault in PAGE_FAULTS),
    *((f"drop_{count}_rows", partial(drop_rows, count=count), count >= _REQUIRED_ROWS) for count in _LOST_ROWS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultOptions:
    """How many faults are tried, and in how many documents.

    Args:
        count: Faults of pages with text, and as many of formats without pages.
        scanned: Faults of each kind of scanned pages; each takes seconds.
        documents: Documents of each kind, sampled by seed.
        seed: For the sample and the faults.
    """

    count: int = 500
    scanned: int = 10
    documents: int = 12
    seed: int = 0


@dataclass(slots=True, kw_only=True)
class FaultRow:
    """How many faults of a kind were tried and found; `missed` names documents with one that was not."""

    reading: Reading
    fault: str
    is_required: bool = True
    tried: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Tell whether everything that must be found was."""
        return self.found == self.tried or not self.is_required


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A document as it was read."""

    file: PackFile
    content: bytes
    parsed: ParsedDocument


def run_faults(
    pack: Pack, options: FaultOptions, *, on_progress: Callable[[int, int, str], None] | None = None
) -> list[FaultRow]:
    """Try faults in documents of a pack that are complete as they are."""
    chance = random.Random(options.seed)
    files = list(_mixed(pack, chance))
    told = _Told(options, on_progress)
    rows: dict[tuple[Reading, str], FaultRow] = {}
    with PartitionPool(limits=ParseLimits(), options=ParseOptions(), n_workers=1) as pool:
        paged = _take((file for file in files if file.format == "pdf"), pack, pool, options)
        without = _take((file for file in files if file.format != "pdf"), pack, pool, options)
        for row, path, is_found in _tried(paged, without, options, chance):
            told.advance(row.reading)
            if is_found is not None:
                _note(rows.setdefault((row.reading, row.fault), row), path, is_found=is_found)
    return list(rows.values())


def not_tried(rows: Sequence[FaultRow]) -> list[Reading]:
    """Return the readings of which the sample had no document."""
    return [reading for reading in READINGS if all(row.reading != reading for row in rows)]


def to_result(rows: Sequence[FaultRow], options: FaultOptions) -> dict[str, object]:
    """Return the rows and what they come to as one JSON object."""
    return {
        "seed": options.seed,
        "tried": sum(row.tried for row in rows),
        "required_found": sum(row.found for row in rows if row.is_required),
        "required_tried": sum(row.tried for row in rows if row.is_required),
        "not_tried": not_tried(rows),
        "passed": bool(rows) and all(row.passed for row in rows),
        "rows": [
            {
                "reading": row.reading,
                "fault": row.fault.replace("_", " "),
                "tried": row.tried,
                "found": row.found,
                "required": row.is_required,
                "missed": row.missed,
            }
            for row in rows
        ],
    }


@dataclass(slots=True)
class _Told:
    options: FaultOptions
    on_progress: Callable[[int, int, str], None] | None
    done: int = 0

    def advance(self, reading: Reading) -> None:
        self.done += 1
        total = 2 * self.options.count + self.options.scanned * len(_SCANNED)
        if self.on_progress:
            self.on_progress(min(self.done, total), total, reading)


def _note(row: FaultRow, path: str, *, is_found: bool) -> None:
    row.tried += 1
    row.found += is_found
    if not is_found:
        row.missed.append(path)


def _mixed(pack: Pack, chance: random.Random) -> Iterator[PackFile]:
    """Yield all files in random order, a file of each collection and format in turn."""
    groups: dict[tuple[str, str], list[PackFile]] = {}
    for document in pack.documents.values():
        for file in document.files:
            groups.setdefault((document.collection, file.format), []).append(file)
    for group in groups.values():
        chance.shuffle(group)
    for turn in zip_longest(*groups.values()):
        yield from (file for file in turn if file is not None)


def _tried(
    paged: list[_Read], without: list[_Read], options: FaultOptions, chance: random.Random
) -> Iterator[tuple[FaultRow, str, bool | None]]:
    """Yield for each fault an empty row, the document, and whether it was found; None where it changes nothing."""
    scans = [read for read in paged if all(page.is_ocr for page in read.parsed.pages)]
    texts = [read for read in paged if len(read.parsed.pages) > 1 and not any(p.is_ocr for p in read.parsed.pages)]
    for number in range(options.count if texts else 0):
        fault = FAULTS[number % len(FAULTS)]
        read = texts[number % len(texts)]
        yield FaultRow(reading="pages with text", fault=fault.__name__), read.file.path, _in_pages(read, fault, chance)
    for number in range(options.scanned if scans else 0):
        read = scans[number % len(scans)]
        for name, lose, is_required in _SCANNED:
            row = FaultRow(reading="scanned pages", fault=name, is_required=is_required)
            yield row, read.file.path, _in_pages(read, lose, chance)
    names = list(text_faults.FAULTS)
    for number in range(options.count if without else 0):
        read, name = without[number % len(without)], names[number % len(names)]
        yield FaultRow(reading="without pages", fault=name), read.file.path, _in_text(read, name, chance)


def _take(files: Iterator[PackFile], pack: Pack, pool: PartitionPool, options: FaultOptions) -> list[_Read]:
    """Read documents until there are enough that are complete."""
    taken: list[_Read] = []
    for file in files:
        if len(taken) == options.documents:
            break
        content = (pack.root / file.path).read_bytes()
        try:
            parsed = pool.submit(content, name=file.path.rpartition("/")[2]).result()
        except DocumentError:
            continue
        if parsed.certificate is not None and parsed.certificate.is_complete:
            taken.append(_Read(file=file, content=content, parsed=parsed))
    return taken


def _in_pages(read: _Read, fault: PageFault, chance: random.Random) -> bool | None:
    pages = take_apart(read.parsed)
    for _ in range(_MAX_DRAWS):
        changed = copy.deepcopy(pages)
        try:
            fault(changed, chance)
        except (IndexError, ValueError):  # the document has nothing of this kind
            return None
        if said(changed) != said(pages):
            made = certify_pdf(read.content, put_together(read.parsed, changed), thresholds=Thresholds())
            return not made.is_complete
    return None


def _in_text(read: _Read, name: str, chance: random.Random) -> bool | None:
    for _ in range(_MAX_DRAWS):
        try:
            changed = text_faults.put_in(read.parsed, name, chance=chance)
        except (IndexError, ValueError):
            return None
        if changed is not None:
            made = certify_file(changed, read.content, limits=ParseLimits(), thresholds=Thresholds())
            return made is not None and not made.is_complete
    return None
