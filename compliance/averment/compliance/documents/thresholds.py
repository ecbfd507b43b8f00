"""Thresholds that people set before an evaluation: a YAML file that a named person signs, and its entry in the log.

The file names the kind of evaluation and, by figure, the least or the most that is accepted. It is signed as results
are (`averment.compliance.documents.approvals`). The log says when it was declared; file and signature are kept in
`compliance/thresholds/`, so that a reader can check both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from averment.compliance.documents.approvals import SIGNERS_FILE, SUFFIX, Approval, Signer, read_signers, verify
from averment.compliance.documents.evidence import content_evidence
from averment.compliance.documents.filled import FileEvidence, Part
from averment.compliance.log.durable import DurableFolder
from averment.core.audit import EventValue
from averment.core.errors import AuditIntegrityError, ConfigurationError
from averment.core.ids import sha256_id

THRESHOLDS_FOLDER: Final = "thresholds"
_CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}$"


class FigureThreshold(Part):
    """The least or the most that is accepted of a figure, one of both."""

    figure: str = Field(pattern=_CODE)
    at_least: Decimal | None = Field(default=None, allow_inf_nan=False, max_digits=20)
    at_most: Decimal | None = Field(default=None, allow_inf_nan=False, max_digits=20)

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"{self.figure} needs either at_least or at_most")
        return self


class EvaluationThresholds(Part):
    """What an evaluation of a kind must reach."""

    evaluation: str = Field(pattern=_CODE)
    thresholds: tuple[FigureThreshold, ...] = Field(min_length=1, max_length=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Thresholds that are kept: their file and signature, and who signed; `problem` says why nobody counts."""

    file: FileEvidence
    envelope: FileEvidence
    approval: Approval | None
    problem: str = ""


def declare(path: Path, folder: Path) -> Mapping[str, EventValue]:
    """Check thresholds with their signature, keep both, and return what the log states of them (`eval.thresholds`).

    Args:
        path: The YAML file; its signature lies beside it.
        folder: The folder `compliance/`, which names the signers.

    Raises:
        ConfigurationError: The file is none, or is not signed.
        AuditIntegrityError: The signature does not count.
    """
    content = _read(path)
    found = _parse(content, name=path.name)
    beside = path.with_name(path.name + SUFFIX)
    if not beside.is_file():
        raise ConfigurationError(f"{path.name} is not signed", hint=f"averment report sign {path} --key …")
    envelope = beside.read_bytes()
    verify(envelope, content, signers=read_signers(folder / SIGNERS_FILE))
    name = _kept_as(sha256_id(content))
    DurableFolder(folder, folder / "tmp").write({name: content, name + SUFFIX: envelope})
    return {
        "evaluation": found.evaluation,
        "content": sha256_id(content),
        "signature": sha256_id(envelope),
        "thresholds": [_stated(one) for one in found.thresholds],
    }


def declared(folder: Path) -> Mapping[str, Declared]:
    """Return the thresholds that are kept, by the digest of their file."""
    signers = read_signers(folder / SIGNERS_FILE)
    paths = sorted((folder / THRESHOLDS_FOLDER).glob("*.yaml"))
    return {sha256_id(content): _declared(path, content, signers) for path in paths if (content := path.read_bytes())}


def _declared(path: Path, content: bytes, signers: Sequence[Signer]) -> Declared:
    beside = path.with_name(path.name + SUFFIX)
    envelope = beside.read_bytes() if beside.is_file() else b""
    approval, problem = None, ""
    try:
        approval = verify(envelope, content, signers=signers)
    except AuditIntegrityError as error:
        problem = error.message
    name = f"{THRESHOLDS_FOLDER}/{path.name}"
    return Declared(
        file=content_evidence(content, path=name),
        envelope=content_evidence(envelope, path=name + SUFFIX),
        approval=approval,
        problem=problem,
    )


def _kept_as(digest: str) -> str:
    return f"{THRESHOLDS_FOLDER}/{digest.removeprefix('sha256:')[:16]}.yaml"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"the thresholds {str(path)!r} cannot be read: {error.strerror}") from error


def _parse(content: bytes, *, name: str) -> EvaluationThresholds:
    try:
        return EvaluationThresholds.model_validate(yaml.safe_load(content))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(
            f"{name} sets no thresholds: {error}",
            hint='evaluation: answers, thresholds: [{figure: cuad.right, at_least: "0.7"}]',
        ) from error


def _stated(one: FigureThreshold) -> Mapping[str, EventValue]:
    value = one.at_least if one.at_least is not None else one.at_most
    return {"figure": one.figure, "bound": "at-least" if one.at_least is not None else "at-most", "value": f"{value:f}"}
