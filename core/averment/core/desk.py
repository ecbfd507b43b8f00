"""The vocabulary of the desk where people bring answers that they were given: what the system is, files, feedback."""

from dataclasses import dataclass
from typing import Literal

from averment.core.analysis import Mode

ExportFormat = Literal["html", "json", "receipt"]
FeedbackVerdict = Literal["correct", "wrong", "remark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeChoice:
    """A purpose that may be asked under; `status` says whether somebody signed its assessment."""

    code: str
    status: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The system as its page presents it; `notice_version` changes with the wording of the notice of an AI system."""

    version: str
    mode: Mode
    default_purpose: str
    purposes: tuple[PurposeChoice, ...]
    roles: tuple[str, ...]
    notice_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file as it leaves."""

    content: bytes
    media_type: str
    file_name: str
