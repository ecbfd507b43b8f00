"""Parser processes with the limits and options of settings."""

from averment.core.completeness import Thresholds
from averment.core.settings import ParsingSettings
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_worker import PartitionPool


def open_parsers(settings: ParsingSettings, *, n_workers: int) -> PartitionPool:
    """Return a pool of parser processes; they start when they are first needed."""
    return PartitionPool(
        limits=ParseLimits(
            max_bytes=settings.max_item_bytes,
            max_pages=settings.max_pages,
            max_expansion_ratio=settings.max_expansion,
            max_seconds=settings.max_seconds,
            max_seconds_per_page=settings.max_seconds_per_page,
            max_idle_seconds=settings.max_idle_seconds,
            max_memory_bytes=settings.max_memory_bytes,
        ),
        options=parse_options(settings),
        n_workers=n_workers,
    )


def parse_options(settings: ParsingSettings) -> ParseOptions:
    """Return how documents are read, as the settings say."""
    return ParseOptions(
        ocr_language="+".join(settings.ocr_languages),
        tessdata_path=settings.tessdata_path,
        thresholds=Thresholds(
            max_unaccounted=settings.max_unaccounted_chars,
            max_added=settings.max_added_chars,
            max_disordered=settings.max_disordered_words,
            min_ocr_confidence=settings.min_ocr_confidence,
            max_unread=settings.max_unread_chars,
            max_unread_lines=settings.max_unread_lines,
            min_agreement=settings.min_page_agreement,
            quarantines_disagreement=settings.on_disagreement == "quarantine",
        ),
        checked_share=settings.checked_page_share,
        poppler=settings.poppler,
    )
