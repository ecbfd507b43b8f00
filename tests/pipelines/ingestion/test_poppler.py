"""poppler as a second engine, in parser processes as well, which start no programs."""

import shutil
import sys
from io import BytesIO

import pytest

from averment.core.completeness import Means
from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.partition_frames import receive, send
from averment.pipelines.ingestion.partition_worker import partition_in_worker
from averment.pipelines.ingestion.poppler import read_by_poppler, serve
from tests.pipelines.ingestion.sample_files import make_pdf

LINES = ("The tenant pays the monthly rent before", "the fifth working day of every calendar", "month in advance to us")
CONTENT = make_pdf([[(72.0, 100.0 + 20 * row, 12.0, line) for row, line in enumerate(LINES)]])


@pytest.fixture
def installed() -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")


def test_a_parser_process_has_every_page_read_by_poppler(installed: None) -> None:
    parsed = partition_in_worker(CONTENT, name="a.pdf", options=ParseOptions(ocr=False, poppler=True))
    assert parsed.certificate is not None
    (check,) = parsed.certificate.checks
    assert (check.means, check.agreement) == (Means.POPPLER, 1.0)


def test_a_file_that_poppler_cannot_read_is_an_error_and_the_helper_goes_on(installed: None) -> None:
    with pytest.raises(PartitionFailed, match="CalledProcessError"):
        read_by_poppler(b"no PDF at all")
    assert " ".join(read_by_poppler(CONTENT)[0].split()) == " ".join(LINES)


def test_without_poppler_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PartitionFailed, match="pdftotext is not installed"):
        read_by_poppler(CONTENT)


def test_every_request_is_answered_until_there_are_no_more() -> None:
    requests, answers = BytesIO(), BytesIO()
    told = "import sys; sys.stdout.write(sys.stdin.read().upper() + ' '.join(sys.argv[1:]))"
    for frame in (b"", b"lease ", "Schlüssel".encode(), b"rent "):
        send(requests, frame)
    requests.seek(0)
    serve(requests, answers, program=(sys.executable, "-c", told))
    requests.seek(0)
    serve(requests, answers, program=("/no/such/program",))
    answers.seek(0)
    found = [receive(answers) for _ in range(5)]
    assert found[:2] == [b"+LEASE -enc UTF-8 - -", "+RENT -enc UTF-8 -upw Schlüssel - -".encode()]
    assert found[2:] == [b"-FileNotFoundError", b"-FileNotFoundError", None]
