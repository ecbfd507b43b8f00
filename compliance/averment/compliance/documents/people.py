"""The part of a document that people fill: one YAML file per document in the folder `compliance/`.

`averment report new KIND` writes the file with every field and what the law asks of it, as comments; it is never
overwritten. Files that people cite lie in the same folder and are cited with their SHA-256, so that a change shows.
"""

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from averment.compliance.documents.filled import Block, EntryEvidence, Evidence, FileEvidence, Part
from averment.compliance.documents.kinds import DocumentKind, FieldSpec
from averment.core.errors import ConfigurationError, UsageError

_HEAD: Final = """\
# {title} ({article}): the part that people fill.
# Give a field its status, text{rows}, owner and date. Nothing is taken as given that has no status:
#   missing          nothing yet
#   provided         text (or rows), owner and date stand below
#   not_applicable   with a reason
# Evidence: files in this folder with their SHA-256 (sha256sum FILE), or entries of the log (averment audit show):
#   evidence:
#     - file: policies/oversight.pdf
#       sha256: sha256:0123...
# Then: averment report {code}
"""


_SUBJECT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class CitedFile(Part):
    """A file in the folder `compliance/` that a person cites."""

    file: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")


class CitedEntry(Part):
    """An entry of the log that a person cites."""

    entry: int = Field(ge=0)
    leaf_hash: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")


class PeoplesField(Part):
    """What people say of one field. Paragraphs of `text` are parted by empty lines."""

    status: Literal["missing", "provided", "not_applicable"]
    reason: str = ""
    text: str = ""
    rows: tuple[Mapping[str, str | int | float | bool | datetime.date | None], ...] = ()
    owner: str = ""
    date: datetime.date | None = None
    evidence: tuple[CitedFile | CitedEntry, ...] = ()

    @model_validator(mode="after")
    def _status_is_borne_out(self) -> Self:
        if self.status == "not_applicable" and not self.reason.strip():
            raise ValueError("not_applicable needs a reason")
        if self.status == "provided" and not (self.text.strip() or self.rows):
            raise ValueError("provided needs a text or rows")
        if self.status == "provided" and not (self.owner.strip() and self.date):
            raise ValueError("provided needs an owner and a date")
        return self

    def cited(self) -> tuple[Evidence, ...]:
        """Return the evidence that people cite."""
        return tuple(
            FileEvidence(place="compliance", path=item.file, sha256=item.sha256)
            if isinstance(item, CitedFile)
            else EntryEvidence(index=item.entry, leaf_hash=item.leaf_hash, type="", time="")
            for item in self.evidence
        )

    def blocks(self, spec: FieldSpec, names: tuple[str, ...]) -> list[Block]:
        """Return text and table as blocks of the document.

        Args:
            spec: The field; its columns are the table's.
            names: Names of the cited evidence in the document.
        """
        paragraphs = [" ".join(part.split()) for part in self.text.split("\n\n") if part.strip()]
        found = [Block(made_by="people", text=text, evidence=names) for text in paragraphs]
        if self.rows:
            rows = tuple(tuple(_cell(row.get(column)) for column in spec.columns) for row in self.rows)
            found.append(Block(made_by="people", text=spec.title, columns=spec.columns, rows=rows, evidence=names))
        return found


class _File(Part):
    document: str
    version: int
    fields: Mapping[str, PeoplesField]


def people_path(folder: Path, kind: DocumentKind, *, subject: str = "") -> Path:
    """Return where the people's part of a document lies.

    Raises:
        UsageError: The subject cannot be part of a file's name.
    """
    if subject and not _SUBJECT.fullmatch(subject):
        raise UsageError(f"{subject!r} names no {kind.about}", hint="letters, digits, dots and hyphens, at most 64")
    return folder / (f"{kind.code}-{subject}.yaml" if subject else f"{kind.code}.yaml")


def read_people(path: Path, kind: DocumentKind) -> Mapping[str, PeoplesField]:
    """Read the people's part; nothing where there is no file.

    Raises:
        ConfigurationError: The file breaks a rule; the message names the field.
    """
    if not path.is_file():
        return {}
    try:
        found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path.name}: {place}: {first['msg']}", hint=f"correct {path}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    _check_fields(found, path, kind)
    return found.fields


def new_people(path: Path, kind: DocumentKind) -> None:
    """Write the file with every field that people fill, and what is asked of them.

    Raises:
        UsageError: The file is there; it is never overwritten.
    """
    if path.exists():
        raise UsageError(f"{path} is there already and is not overwritten", hint="edit it, or move it away first")
    has_rows = any(spec.columns for spec in kind.fields)
    head = _HEAD.format(title=kind.title, article=kind.article, code=kind.code, rows=" or rows" if has_rows else "")
    lines = [head, f"document: {kind.code}", f"version: {kind.version}", "fields:"]
    for spec in kind.fields:
        lines += _template(spec)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _template(spec: FieldSpec) -> list[str]:
    head = ["", f"  # {spec.title}", f"  # {spec.asks}"]
    if spec.filled_by == "machine":
        how = f"  # Filled by the system{_default(spec)}. To add words of your own, take the marks away:"
        return [*head, how, f'  # "{spec.id}": {{status: missing}}']
    body = [f'  "{spec.id}":', "    status: missing", '    text: ""', '    owner: ""', "    date: null"]
    if spec.columns:
        body.insert(3, f"    rows: []  # a list of mappings with: {', '.join(spec.columns)}")
    return [*head, *body]


def _default(spec: FieldSpec) -> str:
    return f"; not applicable unless you say otherwise: {spec.not_applicable}" if spec.not_applicable else ""


def _check_fields(found: _File, path: Path, kind: DocumentKind) -> None:
    if (found.document, found.version) != (kind.code, kind.version):
        raise ConfigurationError(
            f"{path.name} is for {found.document!r} version {found.version}, expected {kind.code!r} {kind.version}"
        )
    specs = {spec.id: spec for spec in kind.fields}
    for key, field in found.fields.items():
        if key not in specs:
            raise ConfigurationError(
                f"{path.name}: {kind.code} has no field {key!r}", hint=f"one of {', '.join(specs)}"
            )
        columns = {column for row in field.rows for column in row}
        if unknown := columns - set(specs[key].columns):
            raise ConfigurationError(f"{path.name}: the rows of {key} have no column {sorted(unknown)[0]!r}")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
