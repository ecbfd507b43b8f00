"""LiteParse, and its errors as ours: some pages at a time and ahead of the reader, or chosen pages by OCR.

The parser holds the interpreter's lock only to hand over its pages, so what is done with one batch of them and the
parsing of the next run side by side. Its session may be touched by the thread that opened it alone; its pages by any.
"""

import queue
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from averment.core.errors import DocumentCorrupt, PartitionFailed

_DRAIN_S: Final = 0.01


class ParserAhead:
    """Parses a PDF in a thread of its own, one batch of pages ahead of the reader.

    Args:
        content: The PDF.
        batch_pages: Pages of a batch; two batches are in memory.
        max_pages: Pages that are read at most.
        password: Opens it where it is encrypted.
    """

    def __init__(self, content: bytes, *, batch_pages: int, max_pages: int, password: str | None = None):
        self._content = content
        self._batch_pages = batch_pages
        self._max_pages = max_pages
        self._password = password
        self._ready: queue.Queue[Sequence[Any] | None] = queue.Queue(maxsize=1)
        self._is_left = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="liteparse")
        self._work: Future[None]

    def __enter__(self) -> Self:
        self._work = self._thread.submit(self._parse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_left.set()
        while not self._work.done():
            with suppress(queue.Empty):
                self._ready.get(timeout=_DRAIN_S)
        self._thread.shutdown()

    def batches(self) -> Iterator[Sequence[Any]]:
        """Yield the parser's own pages: wrapping every word into its Python classes costs a third.

        Raises:
            DocumentCorrupt: It is no PDF.
            PartitionFailed: The parser gave up, on a page that it may name.
        """
        while (pages := self._ready.get()) is not None:
            yield pages
        self._work.result()

    def _parse(self) -> None:
        session = None
        try:
            session = self._open()
            while not self._is_left.is_set() and (batch := session.next_batch()) is not None:
                self._ready.put(batch.result.pages)
        except RuntimeError as error:
            raise _failure(error) from error
        finally:
            del session  # here: an error's traceback would carry it to another thread
            self._ready.put(None)

    def _open(self) -> Any:
        from liteparse import LiteParse

        parser = LiteParse(
            quiet=True,
            ocr_enabled=False,
            num_workers=1,
            emit_word_boxes=True,
            password=self._password,
            max_pages=self._max_pages,
        )
        return parser._native.open_batch_session_bytes(self._content, self._batch_pages)


def _failure(error: RuntimeError) -> DocumentCorrupt | PartitionFailed:
    """Turn the parser's one kind of error into ours."""
    found = re.search(r"page (\d+)", str(error))
    if "invalid PDF" in str(error):
        return DocumentCorrupt(f"the PDF cannot be parsed: {error}", hint="deliver the file again")
    details = {"page": int(found.group(1))} if found else None
    return PartitionFailed(f"the PDF parser failed: {error}", hint="deliver the file again", details=details)
