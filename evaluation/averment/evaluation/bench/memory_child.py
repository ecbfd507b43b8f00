"""The process that the memory benchmark watches: `memory_child SOURCE INSTALLATION CACHE`.

Loads the models, ingests the folder into a fresh installation, closes it, and prints one JSON object with its own
peak, chunks and seconds. Its parser processes are watched from outside.
"""

import json
import os
import sys
from pathlib import Path

from averment.connectors.filesystem import FilesystemConnector
from averment.evaluation.bench.installation import SUBJECT, new_workspace
from averment.evaluation.bench.memory import resident


def main(arguments: list[str]) -> int:
    """Ingest and print what it took; 1 where a document was not ingested."""
    source, installation, cache = map(Path, arguments)
    with new_workspace(installation, cache=cache) as workspace:
        workspace.embedder.warm_up()
        workspace.embedder.embed(["ready"])
        before, _ = resident(os.getpid())
        report = workspace.ingestor(subject=SUBJECT).ingest(FilesystemConnector(source))
    told = {
        "chunks": report.n_chunks_embedded,
        "duration_s": report.duration_s,
        "own_before_bytes": before,
        "own_peak_bytes": resident(os.getpid())[1],
    }
    print(json.dumps(told))
    return 0 if report.status == "ok" else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
