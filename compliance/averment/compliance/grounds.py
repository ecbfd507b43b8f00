"""Grounds on which something may be kept although its erasure is asked for: dated data, not law.

The list is in `grounds.json` with its source. Whether a ground holds in a case is for people to say; what a machine can
say is that retention under the AI Act is no ground where the use is not high-risk.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from averment.core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One ground: its code, the article it is named after, what it is about."""

    code: str
    article: str
    about: str
    needs_high_risk: bool


@cache
def grounds() -> Mapping[str, Ground]:
    """Return the grounds by code."""
    data = json.loads((files("averment.compliance") / "grounds.json").read_bytes())
    return {item["code"]: Ground(**item) for item in data["grounds"]}


def check_ground(code: str, *, is_high_risk: bool) -> Ground:
    """Return a ground that may be cited.

    Raises:
        UsageError: There is no such ground, or it needs a high-risk use and there is none.
    """
    found = grounds().get(code)
    if found is None:
        raise UsageError(f"there is no ground {code!r}", hint=f"one of {', '.join(sorted(grounds()))}")
    if found.needs_high_risk and not is_high_risk:
        raise UsageError(
            f"{found.article} is no ground here: it is about high-risk use, and no signed assessment says so",
            hint="averment purpose check and sign make the assessment; or cite another ground",
        )
    return found
