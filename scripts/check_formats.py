"""Let other people's software read exports: compliance-trestle (NIST's OSCAL) and scitt-cose (COSE receipts, RFC 9942).

    INTERPRETER scripts/check_formats.py oscal FILE
    INTERPRETER scripts/check_formats.py receipt FILE ENTRY KEY

ENTRY is the file of the entry that the receipt is of, KEY the log's public key in PEM. Exit code 0 accepts, 1 rejects.
They need many packages that nothing here uses, so the interpreter is one of its own (`INSTALL`).
"""

import os
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
INSTALL = (
    "python3.11 -m venv .venv-formats && .venv-formats/bin/pip install compliance-trestle==5.2.0 scitt-cose==0.5.0"
)
MISSING = f"needs other people's validators ({INSTALL}; or AVERMENT_TEST_FORMATS_PYTHON names such an interpreter)"


def find_interpreter() -> str | None:
    """Return an interpreter that should have the packages, or None."""
    named = os.environ.get("AVERMENT_TEST_FORMATS_PYTHON")
    own = REPO / ".venv-formats" / "bin" / "python"
    return named or (str(own) if own.exists() else None)


def check_oscal(file: Path) -> str:
    """Check assessment results.

    Raises:
        Exception: What the other software raises is its verdict.
    """
    from trestle.oscal.assessment_results import (  # type: ignore[import-not-found] # lives in an interpreter of its own
        AssessmentResults,
    )

    found = AssessmentResults.oscal_read(file)
    return f"{len(found.results[0].findings)} findings"


def check_receipt(file: Path, entry: Path, key: Path) -> str:
    """Check a receipt of an entry.

    Raises:
        ValueError: It does not verify.
    """
    import scitt_cose  # type: ignore[import-not-found] # lives in an interpreter of its own

    content = entry.read_bytes().hex()
    found = scitt_cose.verify_receipt(file.read_bytes(), leaf_entry_hex=content, log_public_key_pem=key.read_text())
    if not found.ok:
        raise ValueError("; ".join(found.errors))
    return f"entry {found.leaf_index} of {found.tree_size}"


def main() -> int:
    """Check one export and say what was found."""
    kind, *files = sys.argv[1:]
    paths = [Path(file) for file in files]
    try:
        print(f"accepted: {check_oscal(*paths) if kind == 'oscal' else check_receipt(*paths)}")
    except Exception as error:
        print(f"rejected: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
