"""The key that `averment init` makes for whoever owns the installation, in a file that only they can read.

It acts as `api-key`, in the group `everyone`, as analyst and administrator, and is good on loopback only, since it
never expires. There is no key that is known before: it is 256 random bits.
"""

import os
from pathlib import Path
from typing import Final

from averment.core.access import EVERYONE, Role
from averment.service.identity.api_keys import FIRST_KEY, PREFIX, ApiKey, ApiKeys, KeyTerms
from averment.service.identity.gate import Gate
from averment.service.identity.store import new_secret

API_KEY_FILE: Final = "api-key"
LINK_S: Final = 600


def make_first_key(keys: ApiKeys, path: Path, *, tenant: str) -> tuple[list[ApiKey], ApiKey]:
    """Make the key and its file, which must not be there, and end the one before: whoever deletes the file wants that.

    Returns:
        The keys that were ended, and the new one.
    """
    secret = PREFIX + new_secret()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"{secret}\n")
    ended = [keys.revoke(old.id) for old in keys.list() if old.name == FIRST_KEY and old.state == "valid"]
    return ended, keys.adopt(secret, _terms(tenant))


def adopt_first_key(keys: ApiKeys, folder: Path, *, tenant: str) -> ApiKey | None:
    """Return the key in the file, known from now on where an older version made it; None without one that is valid."""
    path = folder / API_KEY_FILE
    if not path.is_file():
        return None
    found = keys.adopt(path.read_text(encoding="ascii").strip(), _terms(tenant))
    return found if found.state == "valid" else None


def one_time_link(gate: Gate, key: ApiKey, *, address: str) -> str | None:
    """Return a link that signs one browser in with a key, once; None beyond loopback and where an issuer signs in."""
    if gate.code_flow is not None or gate.settings.service.is_public:
        return None
    return f"{address}/auth/link?ticket={gate.tickets.issue('link', key.digest, valid_s=LINK_S)}"


def _terms(tenant: str) -> KeyTerms:
    roles = (Role.ANALYST, Role.ADMINISTRATOR)
    return KeyTerms(name=FIRST_KEY, subject=FIRST_KEY, tenant=tenant, groups=(EVERYONE,), roles=roles)
