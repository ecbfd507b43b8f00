"""The process that the memory benchmark watches: `memory_child SOURCE INSTALLATION CACHE`.

Loads the models, ingests the folder into a fresh installation, closes it, and prints one JSON object with its own
peak, that of its largest child, chunks and seconds.
"""

import json
import resource
import sys
from pathlib import Path

from averment.connectors.filesystem import FilesystemConnector
from averment.evaluation.bench.installation import SUBJECT, new_workspace

_KIB = 1024


def main(arguments: list[str]) -> int:
    """Ingest and print what it took; 1 where a document was not ingested."""
    source, installation, cache = map(Path, arguments)
    with new_workspace(installation, cache=cache) as workspace:
        workspace.embedder.warm_up()
        workspace.embedder.embed(["ready"])
        before = peak_bytes(resource.RUSAGE_SELF)
        report = workspace.ingestor(subject=SUBJECT).ingest(FilesystemConnector(source))
    told = {
        "chunks": report.n_chunks_embedded,
        "duration_s": report.duration_s,
        "own_before_bytes": before,
        "own_peak_bytes": peak_bytes(resource.RUSAGE_SELF),
        "largest_child_peak_bytes": peak_bytes(resource.RUSAGE_CHILDREN),
    }
    print(json.dumps(told))
    return 0 if report.status == "ok" else 1


def peak_bytes(who: int) -> int:
    """Return the peak resident memory of this process, or of its largest child that has ended."""
    return resource.getrusage(who).ru_maxrss * _KIB


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
