"""A section refuses what it does not know and does not change."""

import pytest
from pydantic import ValidationError

from averment.core.settings_section import Section


class Lamp(Section):
    watts: int = 5


def test_unknown_keys_and_changes_are_refused() -> None:
    with pytest.raises(ValidationError, match="volts"):
        Lamp.model_validate({"volts": 3})
    with pytest.raises(ValidationError, match="frozen"):
        Lamp().watts = 6
