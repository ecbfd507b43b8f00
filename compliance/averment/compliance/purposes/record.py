"""What an organisation says a system is used for: the record of a purpose, a YAML file that people fill in.

Every question stands in the file with the answer `null` until somebody answers it. The record's digest is over its
canonical JSON, so spelling of the file does not count, and every change of its content does.
"""

import hashlib
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Final, Literal

import rfc8785
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from averment.core.errors import ConfigurationError

CODE_PATTERN: Final = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
Text = Annotated[str, Field(max_length=4_000)]
Condition = Literal["a", "b", "c", "d"]


class _Part(BaseModel):
    """A part of a record or of the packaged data; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AnnexPoint(_Part):
    """A point of Annex III, in our own words."""

    point: str
    what: str
    verified: bool


class AnnexIII(_Part):
    """The points of Annex III, as they were known on a day."""

    schema_version: Literal[1]
    as_of: date
    source: str
    points: tuple[AnnexPoint, ...]


class PointAnswer(_Part):
    """Whether a use falls under a point; a yes says what is decided, about whom, and in which domain."""

    applies: bool | None = None
    decision: Text = ""
    subject: Text = ""
    domain: Text = ""


class Exemption(_Part):
    """The condition of Article 6(3) that is claimed, with its grounds."""

    condition: Condition | None = None
    grounds: Text = ""


class ProhibitionScreen(_Part):
    """The screen against Article 5."""

    is_prohibited: bool | None = None
    reviewer: Text = ""


class Notice(_Part):
    """Why it is obvious to all who ask that they use an AI system (Article 50(1)); the notice is shown when empty."""

    obvious_because: Text = ""


class PurposeRecord(_Part):
    """A purpose of use.

    `deployer` decides whether an impact assessment is owed; `outside_use` is what becomes of questions outside.
    """

    schema_version: Literal[1] = 1
    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    description: Text
    owner: Text
    intended_use: Text
    annex_iii: dict[str, PointAnswer]
    profiles_natural_persons: bool | None = None
    article_6_3: Exemption = Exemption()
    article_5: ProhibitionScreen = ProhibitionScreen()
    deployer: Literal["private", "public-body", "private-public-service"] | None = None
    outside_use: Literal["block", "flag"] = "block"
    article_50_1: Notice = Notice()
    is_retired: bool = False

    @field_validator("annex_iii")
    @classmethod
    def _answers_every_point(cls, answers: dict[str, PointAnswer]) -> dict[str, PointAnswer]:
        known = [point.point for point in annex_iii().points]
        if sorted(answers) != sorted(known):
            missing, unknown = sorted(set(known) - set(answers)), sorted(set(answers) - set(known))
            raise ValueError(f"points missing: {missing}, unknown: {unknown}")
        return answers

    @property
    def points(self) -> tuple[str, ...]:
        """Return the points of Annex III that the use falls under."""
        return tuple(point for point, answer in sorted(self.annex_iii.items()) if answer.applies)


@cache
def annex_iii() -> AnnexIII:
    """Return the packaged points of Annex III."""
    text = (files("averment.compliance") / "regulation" / "annex_iii.yaml").read_text(encoding="utf-8")
    return AnnexIII.model_validate(yaml.safe_load(text))


def new_record(code: str, *, description: str, owner: str, intended_use: str) -> PurposeRecord:
    """Return a record in which every question is open.

    Raises:
        ConfigurationError: The code is none.
    """
    points = {point.point: PointAnswer() for point in annex_iii().points}
    fields = {"code": code, "description": description, "owner": owner, "intended_use": intended_use}
    return _checked({**fields, "annex_iii": points}, name=code)


@lru_cache(maxsize=64)
def parse_record(text: str, *, name: str) -> PurposeRecord:
    """Read a record; one that was read before is not parsed again, as every question asks for it.

    Raises:
        ConfigurationError: It is no YAML, or does not follow the schema; the message carries `name`.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"the purpose {name} is no YAML: {error}") from error
    return _checked(content, name=name)


def write_record(record: PurposeRecord) -> str:
    """Write a record as the file that people edit, with the points of Annex III explained."""
    explained = "".join(
        f"#   {point.point}  {point.what}{'' if point.verified else ' (unverified)'}\n" for point in annex_iii().points
    )
    head = (
        "# A purpose of use. Answer every null with true or false; a point that applies needs decision, subject and\n"
        "# domain. `averment purpose check` says what is open; any change voids a signature.\n# Annex III:\n"
    )
    return head + explained + yaml.safe_dump(record.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def record_digest(record: PurposeRecord) -> str:
    """Return the digest of a record, over its canonical JSON (RFC 8785)."""
    return f"sha256:{hashlib.sha256(rfc8785.dumps(record.model_dump(mode='json'))).hexdigest()}"


def _checked(content: object, *, name: str) -> PurposeRecord:
    try:
        return PurposeRecord.model_validate(content)
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise ConfigurationError(f"the purpose {name} does not follow its schema: {where}") from error
