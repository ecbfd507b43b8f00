"""A filled document: for every field of its kind a status, what stands there, and the evidence it rests on.

It is JSON first (`averment.document/1`); HTML, PDF and DOCX are views of it. The rules that make it honest are in its
types: no field without a status, no "not applicable" without a reason, nothing said by the system without evidence.
Whether the evidence still holds is checked by `averment.compliance.documents.evidence`, not here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from averment.core.errors import ConfigurationError

DOCUMENT_SCHEMA: Final = "averment.document/1"
_DIGEST: Final = r"^sha256:[0-9a-f]{64}$"

Filler = Literal["machine", "people", "both"]
Author = Literal["machine", "people", "answer"]
"""`answer`: words of a recorded question or answer, quoted."""
Language = Literal["en", "de"]


class Part(BaseModel):
    """A part of a document; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Status(StrEnum):
    """What is known of a field. `stale`: it was provided, and what it rests on changed or is out of date."""

    PROVIDED = "provided"
    MISSING = "missing"
    STALE = "stale"
    NOT_APPLICABLE = "not_applicable"


class EntryEvidence(Part):
    """An entry of the evidence log; `leaf_hash` is its hash in the tree (RFC 6962)."""

    kind: Literal["entry"] = "entry"
    index: int = Field(ge=0)
    leaf_hash: str = Field(pattern=_DIGEST)
    type: str
    time: str


class FileEvidence(Part):
    """A file by its digest.

    `place` says where `path` starts: in the program's own files (`software`), in the folder `compliance/` of the data
    directory (`compliance`), or at the settings file (`installation`).
    """

    kind: Literal["file"] = "file"
    place: Literal["software", "compliance", "installation"]
    path: str = Field(min_length=1)
    sha256: str = Field(pattern=_DIGEST)


Evidence = Annotated[EntryEvidence | FileEvidence, Field(discriminator="kind")]


class Block(Part):
    """A paragraph, or a table with a caption; `rows` of a table are as wide as `columns`.

    `evidence` names evidence of the document; what the system says has some.
    """

    made_by: Author
    text: str = Field(min_length=1)
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of the table {self.text!r} is not as wide as its head")
        if self.made_by == "machine" and not self.evidence:
            raise ValueError(f"the system says {self.text[:60]!r} without evidence")
        return self


class FilledField(Part):
    """A field of the law, its status, and what stands there.

    `asks` is what the law asks, in short; `verified` whether that reading was checked against two sources. `owner` and
    `date` are those of the people's part.
    """

    title: str
    asks: str
    filled_by: Filler
    verified: bool
    status: Status
    reason: str = ""
    blocks: tuple[Block, ...] = ()
    owner: str = ""
    date: str = ""

    @model_validator(mode="after")
    def _status_is_explained(self) -> Self:
        if self.status is Status.PROVIDED and not self.blocks:
            raise ValueError(f"the field {self.title!r} is provided and empty")
        if self.status is not Status.PROVIDED and not self.reason.strip():
            raise ValueError(f"the field {self.title!r} is {self.status.replace('_', ' ')} without a reason")
        return self


class LogState(Part):
    """The state of the evidence log that a document was made from; `note` is its signed checkpoint."""

    origin: str
    size: int = Field(ge=0)
    root: str
    time: str
    note: str


class Software(Part):
    """The software that made a document: version, and digest over its source files."""

    version: str
    digest: str = Field(pattern=_DIGEST)


class LawSource(Part):
    """Where the kind's text about the law comes from, its date, and what is known to be unverified."""

    name: str
    read_on: str
    caveats: tuple[str, ...] = ()


class FilledDocument(Part):
    """A document of one kind, at one state of the log.

    `fingerprints` are digests or values of what runs, by name: what `averment report check` compares. `subject` names
    the one thing it is about where there are many (an answer, an incident). `masking` is the level at which personal
    data was taken out of people's words and of quoted ones; `is_generated` where a model wrote a sentence that is
    quoted.
    """

    schema_id: Literal["averment.document/1"] = Field(default=DOCUMENT_SCHEMA, alias="schema")
    kind: str
    kind_version: int = Field(ge=1)
    title: str
    article: str
    language: Language
    law: LawSource
    subject: str = ""
    masking: Literal["none", "contacts", "persons"] = "none"
    is_generated: bool = False
    software: Software
    log: LogState
    fields: Mapping[str, FilledField]
    evidence: Mapping[str, Evidence]
    fingerprints: Mapping[str, str]
    not_established: tuple[str, ...]

    @model_validator(mode="after")
    def _evidence_is_listed(self) -> Self:
        for key, field in self.fields.items():
            unknown = [name for block in field.blocks for name in block.evidence if name not in self.evidence]
            if unknown:
                raise ValueError(f"field {key} cites the evidence {unknown[0]!r}, which the document does not list")
        return self

    def to_json(self) -> bytes:
        """Return the document as JSON: the same bytes for the same document."""
        return (self.model_dump_json(by_alias=True, indent=1) + "\n").encode()


def parse_document(content: bytes, *, name: str) -> FilledDocument:
    """Read a filled document.

    Raises:
        ConfigurationError: It is not one, or breaks a rule.
    """
    try:
        return FilledDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{name} is no document of this version: {place}: {first['msg']}") from error
