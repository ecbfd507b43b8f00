"""The process that the scale benchmark watches: `scale_child SOURCE INSTALLATION CACHE`.

Loads the models, ingests the folder into a fresh installation, closes it, and prints one JSON object with what it took
and what it left on disk. Processor time is that of this process and of its parser processes.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Final

from averment.connectors.filesystem import FilesystemConnector
from averment.evaluation.bench.installation import SUBJECT, new_workspace
from averment.evaluation.bench.memory import resident

_PARTS: Final = ("blobs", "index", "evidence", "catalog.sqlite")


def main(arguments: list[str]) -> int:
    """Ingest and print what it took; 1 where a document was not ingested."""
    source, installation, cache = map(Path, arguments)
    with new_workspace(installation, cache=cache) as workspace:
        workspace.embedder.warm_up()
        workspace.embedder.embed(["ready"])
        before, _ = resident(os.getpid())
        begun_s = time.process_time()
        report = workspace.ingestor(subject=SUBJECT).ingest(FilesystemConnector(source))
        own_s = time.process_time() - begun_s
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    data = installation / "data"
    told = {
        "documents": report.added,
        "chunks": report.n_chunks_embedded,
        "duration_s": report.duration_s,
        "processor_s": own_s + children.ru_utime + children.ru_stime,
        "before_bytes": before,
        "peak_bytes": resident(os.getpid())[1],
        "stored_bytes": {part.partition(".")[0]: _size(data / part) for part in _PARTS},
    }
    print(json.dumps(told))
    return 0 if report.status == "ok" else 1


def _size(path: Path) -> int:
    """Return the bytes that a file or folder takes on disk."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_blocks * 512 for file in files)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
