"""Limits of the service: sane when nothing is set, and never none."""

import pytest
from pydantic import ValidationError

from averment.core.service_limits import ConnectionSettings, LimitSettings, UploadSettings
from averment.core.settings import Settings


def test_every_installation_has_limits() -> None:
    service = Settings().service
    assert service.limits.requests_per_minute < 10_000
    assert service.connections.head_timeout_s < 60
    assert service.uploads.max_bytes > service.max_body_bytes


@pytest.mark.parametrize("section", [LimitSettings, ConnectionSettings, UploadSettings])
def test_a_limit_of_nothing_is_refused(section: type[LimitSettings | ConnectionSettings | UploadSettings]) -> None:
    for name, field in section.model_fields.items():
        if field.annotation in (int, float):
            with pytest.raises(ValidationError, match=name):
                section.model_validate({name: 0})
