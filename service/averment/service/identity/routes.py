"""Who may call what: every route with the roles that may, in one place; a route that is not here is refused.

Roles open routes; which documents and answers lie behind them is up to groups. A route is named by its method and the
pattern of its path, as the application has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from averment.core.access import Role
from averment.service.identity.caller import Caller

_EVERY_ROLE: Final = frozenset(Role)
_READERS: Final = frozenset({Role.ANALYST, Role.REVIEWER, Role.COMPLIANCE_OFFICER})
_OVERSEERS: Final = frozenset({Role.REVIEWER, Role.COMPLIANCE_OFFICER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a route asks of a caller: one of some roles, and of an API key with scopes this one.

    A rule without roles is open to whoever has signed in; one that `is_open` asks nothing.
    """

    scope: str = ""
    roles: frozenset[Role] = frozenset()
    is_open: bool = False

    def admits(self, caller: Caller) -> bool:
        """Tell whether a caller may."""
        if caller.scopes and self.scope and self.scope not in caller.scopes:
            return False
        return not self.roles or bool(self.roles & set(caller.principal.roles))


_OPEN: Final = Rule(is_open=True)
_SIGNED_IN: Final = Rule()
_ASK: Final = Rule(scope="ask", roles=frozenset({Role.ANALYST}))
_SEARCH: Final = Rule(scope="search", roles=frozenset({Role.ANALYST}))
_READ: Final = Rule(scope="documents", roles=_READERS)
_REVIEW: Final = Rule(scope="oversight", roles=frozenset({Role.REVIEWER}))
_OVERSEE: Final = Rule(scope="oversight", roles=_OVERSEERS)
_OFFICER: Final = Rule(scope="audit", roles=frozenset({Role.COMPLIANCE_OFFICER}))
_OPERATE: Final = Rule(scope="operation", roles=frozenset({Role.ADMINISTRATOR}))

RULES: Final[Mapping[str, Rule]] = {
    "GET /": _OPEN,
    "GET /static/{path:path}": _OPEN,
    "GET /healthz": _OPEN,
    "GET /readyz": _OPEN,
    "GET /openapi.json": _OPEN,
    "GET /metrics": _OPERATE,
    "GET /auth/login": _OPEN,
    "GET /auth/callback": _OPEN,
    "GET /auth/link": _OPEN,
    "POST /auth/session": _OPEN,
    "GET /auth/session": _SIGNED_IN,
    "POST /auth/logout": _OPEN,
    "GET /v1/models": Rule(scope="ask", roles=_EVERY_ROLE),
    "GET /v1/models/{model}": Rule(scope="ask", roles=_EVERY_ROLE),
    "POST /v1/chat/completions": _ASK,
    "POST /v1/responses": _ASK,
    "GET /v1/responses/{response_id}": _ASK,
    "POST /v1/search": _SEARCH,
    "POST /mcp": _SIGNED_IN,  # every tool has the rule of its route
    "GET /.well-known/oauth-protected-resource": _OPEN,
    "GET /.well-known/oauth-protected-resource/mcp": _OPEN,
    "GET /v1/documents": _READ,
    "GET /v1/documents/quarantine": _OPERATE,
    "GET /v1/documents/{document_id}": _READ,
    "GET /v1/documents/{document_id}/text": _READ,
    "GET /v1/documents/{document_id}/structure": _READ,
    "GET /v1/documents/{document_id}/surroundings": _READ,
    "GET /v1/documents/{document_id}/cells": _READ,
    "GET /v1/documents/{document_id}/hidden": _READ,
    "GET /v1/documents/{document_id}/pages/{number}": _READ,
    "GET /v1/documents/{document_id}/pages/{number}.png": _READ,
    "GET /v1/documents/{document_id}/window": _READ,
    "GET /v1/about": _SIGNED_IN,
    "GET /v1/answers/{answer_id}/export": _ASK,
    "POST /v1/answers/{answer_id}/feedback": _ASK,
    "POST /v1/analyses": _ASK,
    "GET /v1/analyses": _ASK,
    "GET /v1/analyses/{analysis_id}": _ASK,
    "DELETE /v1/analyses/{analysis_id}": _ASK,
    "GET /v1/analyses/{analysis_id}/events": _ASK,
    "GET /v1/oversight/reviews": _REVIEW,
    "GET /v1/oversight/reviews/{review_id}": _REVIEW,
    "POST /v1/oversight/reviews/{review_id}/take": _REVIEW,
    "POST /v1/oversight/reviews/{review_id}/decision": _REVIEW,
    "GET /v1/oversight/stops": Rule(scope="oversight", roles=_EVERY_ROLE),
    "POST /v1/oversight/stop": _OVERSEE,
    "POST /v1/oversight/resume": _REVIEW,
    "GET /v1/oversight/report": _OVERSEE,
    "GET /v1/audit/entries": _OFFICER,
    "GET /v1/audit/entries/{index}": _OFFICER,
    "POST /v1/audit/checks": _OFFICER,
    "GET /v1/audit/state": _OFFICER,
    "POST /v1/audit/verification": _OFFICER,
    "GET /v1/audit/policy": _OFFICER,
    "GET /v1/audit/coverage": _OFFICER,
    "GET /v1/audit/readers/{answer_id}": _OFFICER,
    "POST /v1/audit/exports": _OFFICER,
    "GET /v1/obligations": _OFFICER,
    "GET /v1/reports": _OFFICER,
    "POST /v1/reports/{kind}": _OFFICER,
    "GET /v1/operations": _OPERATE,
    "GET /v1/operations/endpoints": _OPERATE,
    "GET /v1/operations/flows": _OPERATE,
    "GET /v1/operations/costs": _OPERATE,
    "DELETE /v1/analyses/{analysis_id}/history": _ASK,
}
SCOPES: Final = tuple(sorted({rule.scope for rule in RULES.values() if rule.scope}))


def rule_of(method: str, path: str) -> Rule | None:
    """Return the rule of a route; None for one that nobody may call."""
    return RULES.get(f"{method} {path}")
