"""From the claims of a token to a principal: subject, groups, tenant, roles."""

from collections.abc import Sequence

from averment.core.access import EVERYONE, Principal
from averment.core.errors import NotSignedIn
from averment.core.jsonable import Json
from averment.core.sign_in_settings import SignInSettings
from averment.service.identity.tokens import Claims

MAX_GROUPS = 1000


def subject_of(issuer: str, sub: str) -> str:
    """Return the name that an issuer's `sub` has here: with the issuer, in which alone it is unique (Core 5.7).

    No user of the machine and no API key is called so.
    """
    return f"{issuer}#{sub}"


def principal_of(claims: Claims, *, settings: SignInSettings, tenant: str) -> Principal:
    """Return the principal of checked claims.

    Args:
        claims: Of a token that was verified.
        settings: Say where groups and tenant stand, and which groups have which role.
        tenant: That of the installation, for settings that name no claim.

    Raises:
        NotSignedIn: Groups or tenant are not what they must be; nobody is taken for a member of fewer groups.
    """
    own = _groups(claims, settings.groups_claim)
    groups = (EVERYONE, *(group for group in own if group != EVERYONE))
    if settings.tenant_claim:
        named = _at(claims, settings.tenant_claim)
        if not isinstance(named, str) or not named:
            raise _unfit(settings.tenant_claim, "a name")
        tenant = named
    return Principal(
        subject=subject_of(str(claims["iss"]), str(claims["sub"])),
        groups=groups,
        tenant=tenant,
        roles=settings.roles_of(groups),
    )


def _groups(claims: Claims, path: Sequence[str]) -> tuple[str, ...]:
    value = _at(claims, path)
    if value is None:
        return ()
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or len(value) > MAX_GROUPS:
        raise _unfit(path, f"a list of up to {MAX_GROUPS} names")
    names = [item for item in value if isinstance(item, str) and item]
    if len(names) != len(value):
        raise _unfit(path, "a list of names")
    return tuple(dict.fromkeys(names))


def _at(claims: Claims, path: Sequence[str]) -> Json:
    value: Json = dict(claims)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _unfit(path: Sequence[str], expected: str) -> NotSignedIn:
    return NotSignedIn(
        f"the token's claim {'/'.join(path)} is not {expected}",
        hint="see sign_in.groups_claim and sign_in.tenant_claim",
    )
