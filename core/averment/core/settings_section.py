"""What every section of the settings has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the settings that refuses unknown keys and does not change after start."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
