"""Kinds of documents: which fields the law asks for, under the law's own numbering, as data.

A kind is a YAML file in `kinds/`. What it says about the law carries its source and date and, for each field, whether
the reading was verified. Adding a kind adds a file, and a function in `averment.compliance.documents.collectors`
where the running system can fill some of it.
"""

import datetime
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from averment.compliance.documents.filled import FilledDocument, Filler, Language, LawSource, Part
from averment.core.errors import ConfigurationError, UsageError

_FOLDER: Final = resources.files("averment.compliance.documents") / "kinds"


class FieldSpec(Part):
    """A field: what the law asks, and who fills it.

    `columns` make the people's part a table. `link` is the kind of document that answers the field. `not_applicable`
    is why it does not apply unless people say otherwise. A people's part older than `review_days` is stale. `title_de`
    and `asks_de` are the German words.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9()._-]{1,24}$")
    title: str
    asks: str
    filled_by: Filler
    columns: tuple[str, ...] = ()
    link: str = ""
    not_applicable: str = ""
    review_days: int | None = Field(default=None, ge=1)
    verified: bool = True
    title_de: str = ""
    asks_de: str = ""

    def words(self, language: Language) -> tuple[str, str]:
        """Return title and what is asked."""
        return (self.title_de, self.asks_de) if language == "de" and self.title_de else (self.title, self.asks)


class Template(Part):
    """A template that an authority is to publish for a kind: `version` is empty until it was taken up here."""

    name: str
    version: str = ""
    due: datetime.date


class KindLaw(LawSource):
    """Where a kind's text about the law comes from, with German words where the kind has them."""

    name_de: str = ""
    caveats_de: tuple[str, ...] = ()

    def words(self, language: Language) -> LawSource:
        """Return the source in a language."""
        is_german = language == "de" and bool(self.name_de)
        name, caveats = (self.name_de, self.caveats_de) if is_german else (self.name, self.caveats)
        return LawSource(name=name, read_on=self.read_on, caveats=caveats)


class DocumentKind(Part):
    """A kind of document. `about` is what `subject` names where a document is about one of many things."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")
    version: int = Field(ge=1)
    title: str
    title_de: str = ""
    article: str
    article_de: str = ""
    about: str = ""
    law: KindLaw
    template: Template | None = None
    fields: tuple[FieldSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        if len({field.id for field in self.fields}) != len(self.fields):
            raise ValueError(f"the kind {self.code!r} has a field twice")
        return self

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages its words exist in."""
        return ("en", "de") if self.title_de else ("en",)

    def heading(self, language: Language) -> str:
        """Return the title in a language."""
        return self.title_de if language == "de" and self.title_de else self.title

    def source(self, language: Language) -> str:
        """Return the articles it serves in a language."""
        return self.article_de if language == "de" and self.article_de else self.article


@cache
def kinds() -> Mapping[str, DocumentKind]:
    """Return every kind by its code, sorted by it."""
    files = sorted((entry for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml")), key=lambda e: e.name)
    found = [parse_kind(entry.read_text(encoding="utf-8"), name=entry.name) for entry in files]
    return {kind.code: kind for kind in sorted(found, key=lambda kind: kind.code)}


def kind_of(code: str) -> DocumentKind:
    """Return a kind.

    Raises:
        UsageError: There is none of that name.
    """
    found = kinds().get(code)
    if found is None:
        raise UsageError(f"there is no document of kind {code!r}", hint=f"one of {', '.join(kinds())}")
    return found


def template_versions() -> Mapping[str, str]:
    """Return which version of its authority's template each kind follows, `not published` where there is none yet."""
    return {
        f"template/{kind.code}": kind.template.version or "not published"
        for kind in kinds().values()
        if kind.template is not None
    }


def parse_kind(text: str, *, name: str) -> DocumentKind:
    """Read a kind from YAML.

    Raises:
        ConfigurationError: The text is not one.
    """
    try:
        return DocumentKind.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{name} is no kind of document: {error}") from error


def schema_of(kind: DocumentKind) -> Mapping[str, Any]:
    """Return the JSON Schema of a kind's filled documents: its fields' ids are the keys, each of them required.

    >>> sorted(schema_of(kind_of("annex-v"))["properties"]["fields"]["required"])
    ['1', '2', '3', '4', '5', '6', '7', '8']
    """
    schema = FilledDocument.model_json_schema(by_alias=True)
    fields = [spec.id for spec in kind.fields]
    filled = schema["properties"]["fields"]["additionalProperties"]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = f"urn:averment:document:{kind.code}:{kind.version}"
    schema["title"] = kind.title
    schema["properties"]["kind"] = {"const": kind.code}
    schema["properties"]["kind_version"] = {"const": kind.version}
    schema["properties"]["fields"] = {
        "type": "object",
        "properties": dict.fromkeys(fields, filled),
        "required": fields,
        "additionalProperties": False,
    }
    return schema


def field_ids(code: str) -> Sequence[str]:
    """Return the ids of a kind's fields, in the law's order."""
    return [spec.id for spec in kind_of(code).fields]
