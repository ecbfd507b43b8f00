"""Export the packaged embedding model for questions into a folder: `export_query_model.py FOLDER`.

Without it every data directory exports the model by itself, once, in some ten seconds.
"""

import sys
from pathlib import Path

from averment.core.settings import Settings
from averment.pipelines.ingestion.embedding import open_embedder


def main(folder: Path) -> int:
    """Export the model unless it is there."""
    open_embedder(Settings().embedding, caches=(folder,)).warm_up()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
