from typing import Any

import pytest
from pydantic import ValidationError

from averment.core.access import Role
from averment.core.sign_in_settings import SignInSettings, is_issuer_url

ISSUER = {"issuer": "https://id.example/realm", "client_id": "averment"}


def test_without_an_issuer_nothing_is_needed() -> None:
    assert SignInSettings().issuer is None
    assert SignInSettings().roles_of(("everyone",)) == (Role.ANALYST,)


def test_roles_go_by_groups() -> None:
    settings = SignInSettings(analyst_groups=(), reviewer_groups=("a", "b"), compliance_officer_groups=("b",))
    assert settings.roles_of(("b",)) == (Role.REVIEWER, Role.COMPLIANCE_OFFICER)
    assert settings.roles_of(("everyone", "c")) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://id.example"},
        {"issuer": "https://id.example?x=1"},
        {"issuer": "ftp://id.example"},
        {"client_id": None},
        {"algorithms": ["none"]},
        {"algorithms": ["HS256"]},
        {"algorithms": []},
        {"scopes": ["profile"]},
        {"audience": "averment"},
        {"client_secret": "s", "client_secret_path": "/s"},
        {"leeway_s": 301},
        {"groups_claim": []},
    ],
)
def test_settings_that_would_open_a_door_are_refused(changes: dict[str, Any]) -> None:
    SignInSettings.model_validate(ISSUER)
    with pytest.raises(ValidationError):
        SignInSettings.model_validate({**ISSUER, **changes})


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://id.example", True), ("http://127.0.0.1:8080", True), ("http://localhost", True),
        ("http://[::1]:1/x", True), ("http://127.0.0.1.evil.example", False), ("https://u:p@id.example", False),
        ("https://", False), ("https://id.example:port", False), ("https://id.example#x", False),
    ],
)  # fmt: skip
def test_issuers_are_https_or_on_this_machine(url: str, is_one: bool) -> None:
    assert is_issuer_url(url) is is_one
