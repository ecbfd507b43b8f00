"""Let other people's software read exports: compliance-trestle (NIST's OSCAL).

    INTERPRETER scripts/check_formats.py oscal FILE

Exit code 0 accepts, 1 rejects. It needs many packages that nothing here uses, so the interpreter is one of its own
(`INSTALL`).
"""

import os
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
INSTALL = "python3.11 -m venv .venv-formats && .venv-formats/bin/pip install compliance-trestle==5.2.0"
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


def main() -> int:
    """Check one export and say what was found."""
    if len(sys.argv) != 3 or sys.argv[1] != "oscal":
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(f"accepted: {check_oscal(Path(sys.argv[2]))}")
    except Exception as error:
        print(f"rejected: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
