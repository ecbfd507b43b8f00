"""The tree of settings: safe where nothing is said, and every field says what it is."""

from typing import TypeGuard

from pydantic import BaseModel

from averment.core.settings import Settings


def is_section(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def undescribed(model: type[BaseModel]) -> list[str]:
    """Return the fields of a section, and of those in it, that do not say what they are."""
    found = []
    for name, field in model.model_fields.items():
        if is_section(field.annotation):
            found += undescribed(field.annotation)
        elif not field.description:
            found.append(f"{model.__name__}.{name}")
    return found


def test_every_field_is_described() -> None:
    assert undescribed(Settings) == []


def test_nothing_leaves_the_machine_where_nothing_is_said() -> None:
    settings = Settings()
    assert settings.service.host == "127.0.0.1"
    assert (settings.model.endpoint, settings.telemetry.otlp_endpoint, settings.log.timestamp_url) == (None, None, None)
    assert not settings.model.allow_download
    assert settings.model.escalation.endpoint is None
    assert settings.log.witnesses == ()
