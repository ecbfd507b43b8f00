"""Every file of a pack through the real parser processes: what was read, what was left out and why, in what time.

The completeness certificate says for each file how many letters and digits its second reading has and what became of
them. Where the pack has an official text, the characters and words that differ from it are counted as well (least
number of insertions, deletions and substitutions, white space collapsed, hidden text left aside). Running headers and
page numbers, which official texts often lack, count as errors there.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from averment.core.completeness import Certificate
from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentError
from averment.core.ids import content_hash
from averment.evaluation.kept_rows import KeptRows
from averment.evaluation.pack import Pack, PackDocument, PackFile
from averment.evaluation.scan_baseline import tesseract_text
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_worker import PartitionPool
from averment.pipelines.ingestion.visibility import seen

# Texts longer than this are compared up to here: the comparison takes time by the square of the length.
_MAX_COMPARED: Final = 400_000
_BAR: Final = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestionRow:
    """What became of a file.

    Args:
        file: Its path below the pack's root.
        collection: The collection of its document.
        status: complete, incomplete, uncertified, or the code of the error that refused it.
        failed_pages: Pages below the thresholds.
        pages: None for formats without pages.
        ocr_pages: Pages read from their picture.
        chars: Letters and digits of the second reading; as the following, None without a certificate.
        accounted: Those of them that are in the canonical text.
        left_out: Those that are not, by reason.
        unaccounted: Those that are not, for no reason.
        hidden: Letters and digits of the canonical text that are marked as not seen.
        numbers: Numbers in the canonical text.
        numbers_apart: Numbers of the second reading that the canonical text writes otherwise.
        cells: Table cells.
        seconds: Time until the document was read.
        character_error_rate: Against the official text: 0 for an equal one, above 1 for one much too long.
        word_accuracy: One less the error rate of words, at least 0.
        tesseract_word_accuracy: That of Tesseract by itself, of a file of scanned pages.
    """

    file: str
    collection: str
    status: str
    failed_pages: tuple[int, ...] = ()
    pages: int | None = None
    ocr_pages: int = 0
    chars: int | None = None
    accounted: int | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    unaccounted: int | None = None
    hidden: int | None = None
    numbers: int | None = None
    numbers_apart: int | None = None
    cells: int | None = None
    seconds: float = 0.0
    character_error_rate: float | None = None
    word_accuracy: float | None = None
    tesseract_word_accuracy: float | None = None

    @property
    def is_quarantined(self) -> bool:
        """Tell whether the ingestion would not use it."""
        return self.status not in ("complete", "uncertified")


def run_ingestion_eval(
    pack: Pack,
    *,
    kind: Literal["all", "pdf", "txt", "native"] = "all",
    limit: int | None = None,
    options: ParseOptions | None = None,
    kept: KeptRows | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> list[IngestionRow]:
    """Read the files of a pack, in its order.

    Args:
        pack: The pack.
        kind: Which files of a document: all, or the one that `PackDocument.file` chooses.
        limit: Files of each collection and format, the first ones; all without.
        options: How files are read.
        kept: Where rows are kept; those that are there by path and content are not made again.
        on_progress: Called with files done, files in all, and the file.
    """
    chosen = list(_chosen(pack, kind, limit))
    rows = []
    options = options or ParseOptions()
    with PartitionPool(limits=ParseLimits(), options=options, n_workers=1) as pool:
        reader = _Reader(pack=pack, pool=pool, options=options)
        for number, (document, file) in enumerate(chosen, start=1):
            content = (pack.root / file.path).read_bytes()
            key = f"{file.path} {content_hash(content)}"
            found = None if kept is None else kept.get(key)
            rows.append(IngestionRow(**found) if found else reader.row(document, file, content))
            if kept is not None and not found:
                kept.add(key, asdict(rows[-1]))
            if on_progress:
                on_progress(number, len(chosen), file.path)
    return rows


def _chosen(
    pack: Pack, kind: Literal["all", "pdf", "txt", "native"], limit: int | None
) -> Iterator[tuple[PackDocument, PackFile]]:
    counts: dict[tuple[str, str], int] = {}
    for document in pack.documents.values():
        for file in document.files if kind == "all" else (document.file(kind),):
            if file is None:
                continue
            group = (document.collection, file.format)
            counts[group] = counts.get(group, 0) + 1
            if limit is None or counts[group] <= limit:
                yield document, file


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the files of a pack."""

    pack: Pack
    pool: PartitionPool
    options: ParseOptions

    def row(self, document: PackDocument, file: PackFile, content: bytes) -> IngestionRow:
        begin = time.monotonic()
        try:
            parsed = self.pool.submit(content, name=Path(file.path).name).result()
        except DocumentError as error:
            seconds = time.monotonic() - begin
            return IngestionRow(file=file.path, collection=document.collection, status=error.code, seconds=seconds)
        seconds = time.monotonic() - begin
        made = parsed.certificate
        official = None if file.path == document.text else self.pack.official_text(document)
        errors, accuracy = (None, None) if official is None else compare(parsed, official)
        n_scanned = sum(page.is_ocr for page in parsed.pages)
        alone = tesseract_text(content, parsed, options=self.options) if n_scanned and accuracy is not None else None
        row = IngestionRow(
            file=file.path,
            collection=document.collection,
            status="uncertified" if made is None else made.verdict.value,
            pages=len(parsed.pages) or None,
            ocr_pages=n_scanned,
            cells=len(parsed.cells),
            seconds=seconds,
            character_error_rate=errors,
            word_accuracy=accuracy,
            tesseract_word_accuracy=None if alone is None or official is None else _word_accuracy(alone, official),
        )
        return row if made is None else _with_account(row, made)


def _with_account(row: IngestionRow, made: Certificate) -> IngestionRow:
    whole = made.whole
    return replace(
        row,
        failed_pages=made.failed_pages,
        chars=whole.n_chars,
        accounted=whole.n_accounted,
        left_out={reason.value: count for reason, count in whole.left_out.items()},
        unaccounted=whole.n_unaccounted,
        hidden=whole.n_hidden,
        numbers=made.n_numbers,
        numbers_apart=whole.n_numbers_apart,
    )


def compare(parsed: ParsedDocument, official: str) -> tuple[float | None, float | None]:
    """Return the character error rate and the word accuracy against an official text; None for an empty one.

    Bars between the cells of a table are layout, on either side.
    """
    from rapidfuzz.distance import Levenshtein

    ours, theirs = _words(seen(parsed).text), _words(official)
    if not theirs:
        return None, None
    mine, wanted = (" ".join(words)[:_MAX_COMPARED] for words in (ours, theirs))
    n_errors = Levenshtein.distance(mine, wanted)
    return round(n_errors / len(wanted), 5), _word_accuracy(seen(parsed).text, official)


def _words(text: str) -> list[str]:
    return [word for word in text.split() if word != _BAR]


def _word_accuracy(text: str, official: str) -> float | None:
    from rapidfuzz.distance import Levenshtein

    ours, theirs = _words(text), _words(official)
    return round(max(1 - Levenshtein.distance(ours, theirs) / len(theirs), 0.0), 5) if theirs else None


def to_result(rows: Sequence[IngestionRow]) -> dict[str, object]:
    """Return the rows and their sums, for all and by collection and format, as one JSON object."""
    groups: dict[str, list[IngestionRow]] = {}
    for row in rows:
        groups.setdefault(f"{row.collection} {Path(row.file).suffix.removeprefix('.')}", []).append(row)
    return {
        "totals": totals(rows),
        "collections": {name: totals(group) for name, group in groups.items()},
        "rows": [asdict(row) | {"seconds": round(row.seconds, 3)} for row in rows],
    }


def totals(rows: Sequence[IngestionRow]) -> dict[str, object]:
    """Sum up rows; shares are None where nothing was counted."""
    born_digital = [row for row in rows if not row.ocr_pages and row.chars]
    chars = sum(row.chars or 0 for row in born_digital)
    told = sum((row.accounted or 0) + sum(row.left_out.values()) for row in born_digital)
    rates = [row.character_error_rate for row in rows if row.character_error_rate is not None]
    accuracies = [row.word_accuracy for row in rows if row.word_accuracy is not None]
    scans = [row for row in rows if row.tesseract_word_accuracy is not None]
    left_out: dict[str, int] = {}
    for row in rows:
        for reason, count in row.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    return {
        "files": len(rows),
        "quarantined": sum(row.is_quarantined for row in rows),
        "pages": sum(row.pages or 0 for row in rows),
        "ocr_pages": sum(row.ocr_pages for row in rows),
        "born_digital_files": len(born_digital),
        "chars": chars,
        "accounted_share": told / chars if chars else None,
        "left_out": left_out,
        "unaccounted": sum(row.unaccounted or 0 for row in rows),
        "hidden": sum(row.hidden or 0 for row in rows),
        "numbers": sum(row.numbers or 0 for row in rows),
        "numbers_apart": sum(row.numbers_apart or 0 for row in rows),
        "cells": sum(row.cells or 0 for row in rows),
        "seconds": round(sum(row.seconds for row in rows), 3),
        "mean_character_error_rate": sum(rates) / len(rates) if rates else None,
        "mean_word_accuracy": sum(accuracies) / len(accuracies) if accuracies else None,
        "scans_compared": len(scans),
        "scans_below_tesseract": sum((row.word_accuracy or 0) < (row.tesseract_word_accuracy or 0) for row in scans),
    }
