from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.access import Role
from averment.core.errors import NotSignedIn
from averment.core.sign_in_settings import SignInSettings
from averment.service.identity.claims import MAX_GROUPS, principal_of

BASE: dict[str, Any] = {"iss": "https://id.example", "sub": "1"}


def read(claims: dict[str, Any], **settings: Any) -> Any:
    chosen = SignInSettings.model_validate(settings)
    return principal_of({**BASE, **claims}, settings=chosen, tenant="default")


def test_groups_tenant_and_roles_are_read_where_the_settings_say() -> None:
    who = read(
        {"realm": {"roles": ["legal", "it", "legal"]}, "https://x/tenant": "acme"},
        groups_claim=("realm", "roles"), tenant_claim=("https://x/tenant",), administrator_groups=("it",),
    )  # fmt: skip
    assert (who.subject, who.tenant) == ("https://id.example#1", "acme")
    assert (who.groups, who.roles) == (("everyone", "legal", "it"), (Role.ANALYST, Role.ADMINISTRATOR))


def test_who_has_no_group_is_in_everyone_and_may_have_no_role() -> None:
    assert read({}).groups == ("everyone",)
    assert read({"groups": "legal"}).groups == ("everyone", "legal")
    assert read({"groups": ["everyone"]}, analyst_groups=("legal",)).roles == ()


@pytest.mark.parametrize("groups", [{"legal": True}, 7, True, [1], [""], ["a", None], ["g"] * (MAX_GROUPS + 1)])
def test_groups_that_are_none_are_refused(groups: Any) -> None:
    with pytest.raises(NotSignedIn):
        read({"groups": groups})


@pytest.mark.parametrize("tenant", [None, "", 7, ["acme"]])
def test_a_tenant_that_is_none_is_refused(tenant: Any) -> None:
    with pytest.raises(NotSignedIn):
        read({"tenant": tenant}, tenant_claim=("tenant",))


@given(st.lists(st.text(min_size=1, max_size=8), max_size=6))
def test_nobody_gets_a_group_that_is_not_in_the_token(groups: list[str]) -> None:
    assert set(read({"groups": groups}).groups) == {"everyone", *groups}
