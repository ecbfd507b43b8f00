"""Make the packaged embedding model ready in a folder: `export_query_model.py FOLDER`.

Exports it for questions and tries out in which arithmetic documents are embedded fastest here. Without this every data
directory does both by itself, once, in about a minute.
"""

import sys
from pathlib import Path

from averment.core.settings import Settings
from averment.pipelines.ingestion.embedding import open_embedder


def main(folder: Path) -> int:
    """Do what was not done yet."""
    embedder = open_embedder(Settings().embedding, caches=(folder,))
    embedder.warm_up()
    embedder.arithmetic()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
