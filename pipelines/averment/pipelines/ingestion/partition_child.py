"""The child process that `partition_worker` talks to: reads documents from standard input, answers on a pipe.

This module's process main is one of the places where every exception is caught: whatever a parser raises on a hostile
file becomes an answer, and the next document is read.
"""

import gc
import os
import pickle
import resource
import sys
from typing import Final

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentError, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.confinement import confine
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.partition_frames import OnPages, PageNews, answer, receive
from averment.pipelines.ingestion.poppler import start_helper

_GIB: Final = 1 << 30


def main(argv: list[str]) -> int:
    """Serve until standard input ends; `argv` holds the number of the pipe to answer on."""
    with os.fdopen(int(argv[1]), "wb", closefd=True) as answers:
        first = receive(sys.stdin.buffer)
        if first is None:
            return 0
        limits, options = pickle.loads(first)  # noqa: S301 - from the parent, which started us
        if options.poppler:
            start_helper()  # a confined process starts no programs
        _confine(limits)
        # spaCy's tensor library takes torch along wherever it finds it: half of its start and 200 MiB, for nothing.
        sys.modules.setdefault("torch", None)  # type: ignore[arg-type] # None makes an import fail
        gc.disable()
        while (data := receive(sys.stdin.buffer)) is not None:
            content, name, media_type = pickle.loads(data)  # noqa: S301 - from the parent
            del data
            made = _serve(content, name, media_type, (limits, options), on_pages=PageNews(answers))
            answer(answers, pickle.dumps(made, protocol=5))
            del content, made
            gc.collect()
            gc.freeze()  # what is left are modules: later collections need not look at them again
    return 0


def _serve(
    content: bytes,
    name: str,
    media_type: str | None,
    settings: tuple[ParseLimits, ParseOptions],
    *,
    on_pages: OnPages | None = None,
) -> ParsedDocument | DocumentError:
    limits, options = settings
    try:
        return partition(content, name=name, media_type=media_type, limits=limits, options=options, on_pages=on_pages)
    except DocumentError as error:
        return error
    except MemoryError:
        return DocumentLimitExceeded(
            f"reading needed more memory than the limit of {limits.max_memory_bytes >> 20} MiB allows",
            hint="raise the limit of memory in the settings, or split the file",
        )
    except Exception as error:
        # The message may hold content of the document; the class and place do not.
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else "unknown"
        return PartitionFailed(
            f"the parser failed with {type(error).__name__} in {where}", hint="report it with the file"
        )


def _confine(limits: ParseLimits) -> None:
    """Bound the address space well above the resident limit, which the parent watches; no core files, no effects."""
    bound = 2 * limits.max_memory_bytes + 4 * _GIB
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_GIB, _GIB))
    confine(scratch=os.environ.get("TMPDIR"))


if __name__ == "__main__":
    sys.exit(main(sys.argv))
