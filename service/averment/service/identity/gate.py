"""The gate: from what a request presents to who it is made for, or a refusal. Nothing is open by default."""

from dataclasses import replace
from functools import partial

from starlette.concurrency import run_in_threadpool

from averment.core.clock import Clock
from averment.core.errors import AccessDenied, NotSignedIn
from averment.core.settings import Settings
from averment.service.identity.api_keys import PREFIX, ApiKeys
from averment.service.identity.caller import Caller
from averment.service.identity.claims import principal_of
from averment.service.identity.code_flow import CodeFlow
from averment.service.identity.issuer import Issuer
from averment.service.identity.revocations import Revocations
from averment.service.identity.sessions import Sessions
from averment.service.identity.store import AccessStore
from averment.service.identity.tickets import Tickets
from averment.service.identity.tokens import TokenTerms, read_header, verify_token
from averment.service.reviewed import with_roles


class Gate:
    """Lets callers of the service in.

    Args:
        store: Keys, sessions and revocations.
        settings: All settings.
        clock: Tells the time.
    """

    def __init__(self, store: AccessStore, *, settings: Settings, clock: Clock):
        sign_in = settings.sign_in
        self.settings = settings
        self.keys = ApiKeys(store, clock=clock)
        self.sessions = Sessions(store, clock=clock, idle_s=sign_in.session_idle_s, max_s=sign_in.session_max_s)
        self.tickets = Tickets(store, clock=clock)
        self.revocations = Revocations(store, clock=clock)
        self.clock = clock
        self._issuer = Issuer(sign_in, clock=clock) if sign_in.issuer else None
        self.code_flow = (
            CodeFlow(self._issuer, settings=sign_in, tickets=self.tickets, clock=clock, tenant=settings.tenant)
            if self._issuer
            else None
        )

    async def caller(self, *, bearer: str | None, session: str | None) -> Caller:
        """Return who a request is made for; a bearer's credential goes before a session.

        Raises:
            NotSignedIn: Nothing is presented, or what is presented is not, or no longer, good.
            IssuerUnavailable: It cannot be checked, since the issuer's keys cannot be had.
            AccessDenied: The caller belongs to another tenant, or may come in on this machine only.
        """
        if bearer is not None and not bearer.startswith(PREFIX):
            found = await self._by_token(bearer)
        else:
            found = await run_in_threadpool(partial(self._by_secret, key=bearer, session=session))
        return self.admitted(found)

    def admitted(self, caller: Caller) -> Caller:
        """Return a caller with the roles that settings give by name.

        Raises:
            AccessDenied: They belong to another tenant, or may come in on this machine only.
        """
        who = caller.principal
        if who.tenant != self.settings.tenant:
            raise AccessDenied("this installation serves another tenant")
        if caller.is_local and self.settings.service.is_public:
            raise AccessDenied(
                "a key that never expires is good on loopback only",
                hint="averment keys create NAME makes another",
            )
        return replace(caller, principal=with_roles(who, self.settings.oversight))

    def _by_secret(self, *, key: str | None, session: str | None) -> Caller:
        if key is not None:
            if found := self.keys.find(key):
                return found.caller()
        elif session is not None and (opened := self.sessions.find(session)):
            caller, digest = opened
            if digest is None or self.keys.find_digest(digest) is not None:
                return caller
        raise NotSignedIn(
            "nobody is signed in",
            hint="present an API key or a token as Authorization: Bearer, or sign in at /auth/login",
        )

    async def _by_token(self, token: str) -> Caller:
        settings = self.settings.sign_in
        if self._issuer is None or settings.audience is None:
            raise NotSignedIn(
                "tokens of an issuer are not taken here",
                hint="set sign_in.issuer and sign_in.audience, or use an API key",
            )
        terms = TokenTerms(
            issuer=self._issuer.name,
            audience=settings.audience,
            algorithms=settings.algorithms,
            leeway_s=settings.leeway_s,
            max_age_s=settings.max_token_age_s,
        )
        algorithm, key_id = read_header(token, algorithms=terms.algorithms)
        key = await self._issuer.key(algorithm=algorithm, key_id=key_id)
        claims = verify_token(token, key, terms=terms, now_s=int(self.clock.now().timestamp()))
        principal = principal_of(claims, settings=settings, tenant=self.settings.tenant)
        token_id, issued_at = claims.get("jti"), claims["iat"]
        is_revoked = await run_in_threadpool(
            partial(
                self.revocations.is_revoked,
                principal.subject,
                issued_at=int(issued_at) if isinstance(issued_at, int | float) else 0,
                token_id=token_id if isinstance(token_id, str) else None,
                leeway_s=settings.leeway_s,
            )
        )
        if is_revoked:
            raise NotSignedIn("the token was revoked", hint="ask for a new one")
        return Caller(principal=principal, way="token", purpose=settings.purpose)
