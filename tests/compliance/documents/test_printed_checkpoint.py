"""What an auditor does with an old report on paper: reads its QR code, and holds today's log against it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from averment.compliance import audit, averment_verify
from averment.compliance.documents.rendering.pdf import render_pdf
from averment.core.audit import EventType
from averment.core.errors import ConfigurationError
from tests.compliance.documents.builders import Place, new_place

pytestmark = pytest.mark.slow
DPI = 150
# Software that Averment neither writes nor ships: OpenCV, as the environment of the model server has it. What its
# detector finds depends on how large the code is drawn, so it looks nearer and farther, as a hand with a phone does.
READER = """
import sys, cv2
def read(image):
    for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
        for factor in (1, 1.5, 2, 0.75, 1.25, 3):
            text = detector.detectAndDecode(cv2.resize(image, None, fx=factor, fy=factor))[0]
            if text:
                return text
    return ""
for name in sys.argv[1:]:
    sys.stdout.buffer.write(read(cv2.imread(name)).encode())
"""


@pytest.fixture
def opencv(repo: Path) -> Path:
    """Return an interpreter that has OpenCV."""
    interpreter = repo / ".venv-vllm" / "bin" / "python"
    probe = [str(interpreter), "-c", "import cv2"]
    if not interpreter.exists() or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("no OpenCV to read a QR code with: make setup builds the environment .venv-vllm")
    return interpreter


def scanned(pdf: bytes, folder: Path, opencv: Path) -> bytes:
    """Draw the pages as a printer does, and return what the one QR code on them says."""
    pypdfium2 = pytest.importorskip("pypdfium2")
    folder.mkdir()
    pages = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        pages.append(str(folder / f"{number}.png"))
        page.render(scale=DPI / 72).to_pil().save(pages[-1])
    return subprocess.run([str(opencv), "-c", READER, *pages], capture_output=True, check=True).stdout


def verdicts(place: Place, escrow: Path) -> tuple[bool, int]:
    """Return what `audit verify` and the stand-alone verifier say of the log and a checkpoint that was kept."""
    evidence = place.root / "evidence"
    policy = audit.own_policy(evidence)
    arguments = [str(evidence), "--policy", str(evidence / "policy.tlog-policy"), "--checkpoint", str(escrow)]
    return audit.verify_log(evidence, policy, checkpoint=escrow).is_ok, averment_verify.main(arguments)


def test_the_code_on_an_old_report_proves_that_todays_log_extends_it_and_rejects_a_fork(
    tmp_path: Path, opencv: Path
) -> None:
    pytest.importorskip("weasyprint")
    pytest.importorskip("segno")
    place = new_place(tmp_path / "house")
    shutil.copytree(place.root, tmp_path / "fork")
    place.append(EventType.ANALYSIS_STARTED)
    document = place.make("annex-v")
    escrow = tmp_path / "scanned.txt"
    escrow.write_bytes(scanned(render_pdf(document), tmp_path / "pages", opencv))
    assert escrow.read_text("utf-8") == document.log.note, "the code holds the signed checkpoint, whole"

    place.append(EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED)
    assert verdicts(place, escrow) == (True, 0), "today's log extends the printed checkpoint"

    fork = Place(tmp_path / "fork", place.clock)
    assert verdicts(fork, escrow) == (False, 4), "a log that ends before it was cut back"
    fork.append(*[EventType.ERROR] * 5)
    assert verdicts(fork, escrow) == (False, 4), "a log with another past is a fork, signed by the same key or not"

    escrow.write_text(escrow.read_text("utf-8").replace("\n", "x\n", 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="escrowed checkpoint cannot be used"):
        verdicts(place, escrow)
