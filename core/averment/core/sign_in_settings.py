"""Settings of sign-in: the OpenID Connect issuer, what its claims mean here, and how long a sign-in lasts."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from averment.core.access import EVERYONE, Role, is_loopback
from averment.core.settings_section import Section

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]


class SignInSettings(Section):
    """Who people sign in with; without `issuer` there are API keys alone, and nothing here uses the network."""

    issuer: str | None = Field(default=None, description="OpenID Connect issuer, exactly as its own metadata writes it")
    client_id: str | None = Field(default=None, min_length=1, description="What the issuer calls this service")
    client_secret: SecretStr | None = Field(
        default=None, description="Secret of this service at the issuer; none for a public client, PKCE is always used"
    )
    client_secret_path: Path | None = Field(default=None, description="File that holds the secret instead")
    ca_path: Path | None = Field(
        default=None, description="Certificates (PEM) that the issuer's own is checked against; public ones when unset"
    )
    scopes: tuple[str, ...] = Field(default=("openid",), description="Scopes asked for; `openid` must be one")
    audience: str | None = Field(
        default=None, min_length=1, description="Audience of bearer tokens of programs; none are taken when unset"
    )
    algorithms: tuple[Algorithm, ...] = Field(
        default=("RS256", "PS256", "ES256", "Ed25519"), min_length=1, description="Signatures of tokens that are taken"
    )
    groups_claim: tuple[str, ...] = Field(
        default=("groups",), min_length=1, description="Where the groups stand in a token: names from the outside in"
    )
    tenant_claim: tuple[str, ...] = Field(
        default=(), description="Where the tenant stands in a token; that of this installation when empty"
    )
    analyst_groups: tuple[str, ...] = Field(
        default=(EVERYONE,), description="Groups with the role `analyst`; `everyone` is in all who sign in"
    )
    reviewer_groups: tuple[str, ...] = Field(default=(), description="Groups with the role `reviewer`")
    compliance_officer_groups: tuple[str, ...] = Field(
        default=(), description="Groups with the role `compliance-officer`"
    )
    administrator_groups: tuple[str, ...] = Field(default=(), description="Groups with the role `administrator`")
    purpose: str | None = Field(
        default=None, description="Purpose of requests of those who signed in that name none; `purpose` when unset"
    )
    leeway_s: int = Field(default=60, ge=0, le=300, description="How far the issuer's clock may differ, seconds")
    max_token_age_s: int = Field(
        default=3600, ge=60, le=86_400, description="Oldest bearer token that is taken, whenever it expires, seconds"
    )
    keys_max_age_s: int = Field(
        default=600,
        ge=1,
        le=86_400,
        description="Longest time that the issuer's keys are used before they are read anew, seconds",
    )
    keys_refresh_s: int = Field(
        default=30, ge=1, le=3600, description="Shortest time between readings for a key that is not known, seconds"
    )
    timeout_s: float = Field(default=5.0, gt=0, le=60, description="Longest wait for the issuer, seconds")
    session_idle_s: int = Field(
        default=1800, ge=60, le=86_400, description="A browser's sign-in ends after so long without a request, seconds"
    )
    session_max_s: int = Field(
        default=28_800, ge=60, le=604_800, description="A browser's sign-in ends after so long at the latest, seconds"
    )

    @field_validator("issuer")
    @classmethod
    def _is_issuer(cls, value: str | None) -> str | None:
        if value is not None and not is_issuer_url(value):
            raise ValueError(f"{value!r} is no issuer: an https address without query or fragment (http on loopback)")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.issuer is not None and self.client_id is None:
            raise ValueError("sign_in.issuer needs sign_in.client_id")
        if self.client_secret is not None and self.client_secret_path is not None:
            raise ValueError("give sign_in.client_secret or sign_in.client_secret_path, not both")
        if "openid" not in self.scopes:
            raise ValueError("sign_in.scopes must hold 'openid'")
        if self.audience is not None and self.audience == self.client_id:
            raise ValueError(
                "sign_in.audience must differ from sign_in.client_id: a token made for a sign-in is none for programs"
            )
        return self

    def roles_of(self, groups: tuple[str, ...]) -> tuple[Role, ...]:
        """Return the roles that groups have, in the order of `Role`."""
        table = {
            Role.ANALYST: self.analyst_groups,
            Role.REVIEWER: self.reviewer_groups,
            Role.COMPLIANCE_OFFICER: self.compliance_officer_groups,
            Role.ADMINISTRATOR: self.administrator_groups,
        }
        return tuple(role for role, named in table.items() if set(named) & set(groups))


def is_issuer_url(url: str) -> bool:
    """Tell whether an address may be that of an issuer or of what it offers: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
