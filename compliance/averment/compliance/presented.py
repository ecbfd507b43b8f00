"""Checks what somebody brings: a receipt, an answer, a bundle, a proof, or the code that is printed on a report.

Receipts, answers and bundles are checked by the stand-alone verifier (`averment_verify`), so that what is said here is
what it says anywhere. A proof by itself and a printed code are compared with the log's own files: a proof needs the
entry that it proves, and a code is an earlier state, which the log of today must extend. For whatever carries a
checkpoint it is told whether the log of today extends that.
"""

import base64
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from averment.compliance import averment_verify as verifier
from averment.compliance.log.layout import CHECKPOINT
from averment.compliance.log.reader import LogReader
from averment.compliance.recorder import POLICY_FILE
from averment.core.errors import AuditIntegrityError, UsageError

_PROOF: Final = "c2sp.org/tlog-proof@v1"
_ZIP: Final = b"PK\x03\x04"
_PDF: Final = b"%PDF-"
# A signed checkpoint (C2SP signed-note), wherever it stands in a text.
_NOTE: Final = re.compile(
    r"(?:^|(?<=>))([^\s<>]{1,200})\n([0-9]{1,18})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*\n(?:— \S+ [A-Za-z0-9+/=]+\n?)+",
    re.MULTILINE,
)
_PRINTED: Final = re.compile(r"\s*([^\s<>]{1,200})\s+([0-9]{1,18})\s+([A-Za-z0-9+/]{43}=)\s*")
_UNSIGNED: Final = "who wrote the code: three printed lines carry no signature; they are worth what the paper is worth"


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What a check found; `failures` come first bad place first, as pairs of place and reason.

    `kind` is receipt, bundle, proof or checkpoint; `entry` is the number of the one entry that was proven.
    """

    kind: str
    origin: str = ""
    size: int = 0
    root: str = ""
    entry: int | None = None
    checked: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    not_established: list[str] = field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        """Tell whether every check passed."""
        return not self.failures


def check_presented(content: bytes, evidence_dir: Path) -> Verdict:
    """Check what somebody brings against an installation's own policy and log.

    Args:
        content: A file, or what was pasted.
        evidence_dir: The folder `evidence/`.

    Raises:
        UsageError: It is nothing that could be checked.
    """
    policy = verifier.parse_policy((evidence_dir / POLICY_FILE).read_text("utf-8"))
    text = content.decode("utf-8", errors="replace").strip()
    if content.startswith(_PDF):
        raise UsageError(
            "a PDF is not searched for its checkpoint", hint="paste the code printed in it, or bring its JSON"
        )
    if content.startswith(_ZIP) or text.startswith("{"):
        return _by_verifier(content, policy, evidence_dir)
    if text.startswith(_PROOF):
        return _proof(text + "\n", policy, evidence_dir)
    return _checkpoint(html.unescape(text) + "\n", policy, evidence_dir)


def _by_verifier(content: bytes, policy: verifier.Policy, evidence_dir: Path) -> Verdict:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "presented"
        path.write_bytes(content)
        try:
            report = verifier.verify(path, policy, escrow=None)
        except verifier.BadInputError as error:
            raise UsageError(str(error).replace(f"{path} ", "this ").replace(str(path), "this")) from error
    verdict = _verdict("receipt" if report.kind == "receipt" else "bundle", report)
    if report.kind == "receipt" and verdict.is_ok:
        document = json.loads(content)
        verdict.entry = int(document.get("receipt", document)["index"])
    if verdict.is_ok:
        _attempt(verdict, lambda: _grown(verdict, policy, evidence_dir, root=base64.b64decode(report.root)))
    return verdict


def _proof(text: str, policy: verifier.Policy, evidence_dir: Path) -> Verdict:
    """Check a `.tlog-proof` with the entry of that number in the log."""
    verdict = _verdict("proof", verifier.Report())
    stated = re.match(rf"{re.escape(_PROOF)}\nindex ([0-9]{{1,18}})\n", text)

    def check() -> None:
        index = int(stated[1]) if stated else -1
        reader = LogReader(evidence_dir / "log")
        entry = reader.entry(index, size=reader.checkpoint().size)
        verdict.entry, head = verifier.check_proof(entry, text, policy=policy, place="proof")
        verdict.origin, verdict.size, verdict.root = head.origin, head.size, base64.b64encode(head.root).decode()
        verdict.checked.append(f"entry {index} is in the log of {head.size} entries signed by {head.origin}")
        _grown(verdict, policy, evidence_dir, root=head.root)

    _attempt(verdict, check)
    return verdict


def _checkpoint(text: str, policy: verifier.Policy, evidence_dir: Path) -> Verdict:
    """Check a checkpoint that left the house: a signed note, or the three lines that were printed of it."""
    signed, printed = _NOTE.search(text), _PRINTED.fullmatch(text)
    found = signed or printed
    if found is None:
        raise UsageError(
            "this is no receipt, answer, bundle, proof or code of a report",
            hint="bring the file as it was exported, or the lines under 'checkpoint' of a report",
        )
    verdict = _verdict("checkpoint", verifier.Report())
    verdict.origin, verdict.size, verdict.root = found[1], int(found[2]), found[3]

    def check() -> None:
        if signed:
            raw = signed[0].rstrip("\n") + "\n"
            verifier.open_note(raw.encode(), policy, place="checkpoint")
            verdict.checked.append(f"the checkpoint of {verdict.size} entries is signed by {verdict.origin}")
        else:
            verdict.not_established.append(_UNSIGNED)
        _grown(verdict, policy, evidence_dir, root=base64.b64decode(verdict.root))

    _attempt(verdict, check)
    return verdict


def _grown(verdict: Verdict, policy: verifier.Policy, evidence_dir: Path, *, root: bytes) -> None:
    """Check by a proof of consistency that the log of today extends the state that the verdict is of."""
    reader = LogReader(evidence_dir / "log")
    head = verifier.open_note(reader.note().encode(), policy, place=CHECKPOINT)
    place = "the log of today"
    if not verifier.same_log(verdict.origin, head.origin, policy=policy):
        raise verifier.CheckFailedError(place, f"is {head.origin}, this is of {verdict.origin}")
    if verdict.size > head.size:
        raise verifier.CheckFailedError(
            place, f"has {head.size} entries, this covers {verdict.size}: the log was cut back"
        )
    path = reader.consistency(verdict.size, head.size) if 0 < verdict.size < head.size else []
    if not verifier.grows(verdict.size, head.size, old_root=root, new_root=head.root, path=path):
        raise verifier.CheckFailedError(
            place, f"of {head.size} entries does not extend the {verdict.size} that this covers: a fork"
        )
    verdict.checked.append(f"the log of today, {head.size} entries, extends the {verdict.size} that this covers")


def _attempt(verdict: Verdict, check: Callable[[], None]) -> None:
    try:
        check()
    except verifier.CheckFailedError as error:
        verdict.failures.append((error.place, error.reason))
    except (AuditIntegrityError, UsageError) as error:
        verdict.failures.append(("the log of today", error.message))


def _verdict(kind: str, report: verifier.Report) -> Verdict:
    return Verdict(
        kind=kind,
        origin=report.origin,
        size=report.size,
        root=report.root,
        checked=list(report.checked),
        failures=[(failure["place"], failure["reason"]) for failure in report.failures],
        not_established=[line for line in report.not_established if line != verifier.NO_ESCROW],
    )
