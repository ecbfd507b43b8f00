"""The address a sign-in begins with; the flow as a whole is in `tests/service/routers/test_sign_in.py`."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from averment.core.settings import Settings
from averment.core.testing.clock import FixedClock
from averment.service.identity.code_flow import Begun, CodeFlow, challenge_of
from averment.service.identity.issuer import Issuer
from averment.service.identity.store import AccessStore
from averment.service.identity.tickets import Tickets

if TYPE_CHECKING:
    from tests.local_issuer import LocalIssuer


def test_the_challenge_is_that_of_the_rfc() -> None:
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_sign_in_begins_with_fresh_secrets_of_which_none_leaves(
    signing_in: Settings, issuer: "LocalIssuer", store: AccessStore, clock: FixedClock
) -> None:
    flow = CodeFlow(
        Issuer(signing_in.sign_in, clock=clock),
        settings=signing_in.sign_in,
        tickets=Tickets(store, clock=clock),
        clock=clock,
        tenant="default",
    )

    async def begin_twice() -> list[Begun]:
        return [await flow.begin(base_url="https://averment.test", return_to="/chat") for _ in range(2)]

    begun = asyncio.run(begin_twice())
    queries = [{**parse_qs(urlsplit(one.url).query), "cookie": [one.cookie]} for one in begun]
    assert queries[0]["redirect_uri"] == ["https://averment.test/auth/callback"]
    assert queries[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge", "cookie"):
        assert len({query[name][0] for query in queries}) == 2
    assert "verifier" not in str(queries)
    kept = str([tuple(row) for row in store.rows("SELECT * FROM tickets")])
    assert all(query["state"][0] not in kept and query["cookie"][0] not in kept for query in queries)
