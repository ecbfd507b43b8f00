"""Which standards exist and whether the Official Journal cites one: dated data, never prose in code."""

from functools import cache
from importlib import resources
from typing import Final

import yaml

from averment.compliance.documents.filled import FileEvidence, Part
from averment.core.ids import sha256_id

_PATH: Final = "compliance/documents/standards.yaml"


class Standard(Part):
    """A standard or draft, and where it stands."""

    name: str
    about: str
    state: str
    ojeu_cited: bool
    verified: bool


class StandardsStatus(Part):
    """All of them, on the day they were read."""

    read_on: str
    standards: tuple[Standard, ...]

    @property
    def cited(self) -> tuple[Standard, ...]:
        """Return those that the Official Journal cites."""
        return tuple(standard for standard in self.standards if standard.ojeu_cited)


@cache
def _content() -> bytes:
    return (resources.files("averment.compliance.documents") / "standards.yaml").read_bytes()


@cache
def standards_status() -> StandardsStatus:
    """Return the packaged status."""
    return StandardsStatus.model_validate(yaml.safe_load(_content()))


def standards_evidence() -> FileEvidence:
    """Cite the file the status stands in."""
    return FileEvidence(place="software", path=_PATH, sha256=sha256_id(_content()))
