"""Build the sample documents of `examples/documents/` from `examples/source/`.

    python scripts/make_examples.py            write the files
    python scripts/make_examples.py --check    compare with the files that are there; exit 1 where one differs

Needs weasyprint, python-docx, pypdfium2, pillow, jinja2 and pyyaml, and the fonts of Debian's `fonts-dejavu-core` and
`fonts-dejavu-extra`. Equal sources, library versions and fonts give equal bytes; the samples are kept in the
repository, so nobody needs this script to use them.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sample_documents.contract_pages import contract_pdf
from sample_documents.contract_source import Contract, load_contract
from sample_documents.contract_word import contract_docx
from sample_documents.filing_report import filing_html, filing_pdf
from sample_documents.scanned_pages import scanned_pdf

_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_SCANNED_ON = datetime(2024, 1, 11, 8, 42)  # noqa: DTZ001 - PDF dates of a scanner carry no zone
_SCAN_SEED = 20240111


def build_documents(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each sample's file name and bytes."""
    contracts = source / "contracts"
    css = contracts / "pages.css"
    master = load_contract(contracts, "master-services-agreement", {})
    cited: dict[str, Contract] = {master.name: master}
    amendment = load_contract(contracts, "amendment-no-1-to-master-services-agreement", cited)
    licence = load_contract(contracts, "software-licence-agreement", {})
    lease = load_contract(contracts, "warehouse-lease-scan", {})
    yield f"{master.name}.pdf", contract_pdf(master, css)
    yield f"{amendment.name}.pdf", contract_pdf(amendment, css)
    yield f"{licence.name}.docx", contract_docx(licence)
    printed = contract_pdf(lease, contracts / "pages-scan.css")
    yield f"{lease.name}.pdf", scanned_pdf(printed, title="Scan", scanned_on=_SCANNED_ON, seed=_SCAN_SEED)
    yield "quarterly-report-2026q2.pdf", filing_pdf(source / "filing")
    yield "quarterly-report-2026q2.html", filing_html(source / "filing")


def main(arguments: list[str]) -> int:
    """Write or compare the samples; return the exit status."""
    parser = argparse.ArgumentParser(description="Build the sample documents of examples/documents.")
    parser.add_argument("--check", action="store_true", help="compare with the files that are there, write nothing")
    parser.add_argument("--out", type=Path, default=_EXAMPLES / "documents", help="folder to write to")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    differing = 0
    for name, content in build_documents(_EXAMPLES / "source"):
        path: Path = options.out / name
        is_equal = path.is_file() and path.read_bytes() == content
        differing += not is_equal
        if not options.check:
            path.write_bytes(content)
        print(f"{'same' if is_equal else 'differs' if options.check else 'written'}  {len(content):>9,} bytes  {name}")
    return 1 if options.check and differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
