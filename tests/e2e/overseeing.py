"""People at work on an installation: reviews, a stop, an incident and a risk, all from the command line."""

import getpass
import json
from dataclasses import replace

from tests.e2e.installation import Installation


def reviewed(installation: Installation, **settings: str) -> Installation:
    """Return the installation with its user as reviewer, and every answer drawn for review."""
    variables = {
        "AVERMENT_OVERSIGHT__REVIEWERS": json.dumps([getpass.getuser()]),
        "AVERMENT_OVERSIGHT__REVIEW_SHARE": "1.0",
    }
    own = {f"AVERMENT_OVERSIGHT__{name.upper()}": value for name, value in settings.items()}
    return replace(installation, extra={**installation.extra, **variables, **own})


def review(installation: Installation, decision: str, *arguments: str) -> dict[str, object]:
    """Decide on what waits longest, after a look at it, and return the review."""
    waiting = installation.ok("oversight", "list", "--json").json()["reviews"]
    identity = waiting[0]["id"]
    installation.ok("oversight", "take", identity, "--json")
    decided = installation.ok("oversight", "decide", identity, decision, "--reason", "figure", *arguments, "--json")
    return decided.json()


def go_through_an_incident(installation: Installation) -> None:
    """Open, classify, report, notify and close an incident, and flag a risk that is lifted again."""
    case = installation.ok("incident", "open", "--reason", "wrong-figures", "--role", "provider", "--json").json()["id"]
    installation.ok("incident", "classify", case, "--class", "death")
    out, facts = installation.root / "report.json", installation.root / "facts.json"
    installation.ok("incident", "report", case, "--kind", "initial", "--out", str(out))
    facts.write_text(json.dumps(dict.fromkeys(json.loads(out.read_text())["people"], "known")), encoding="utf-8")
    installation.ok("incident", "notify", case, "--to", "authority")
    installation.ok("incident", "report", case, "--kind", "complete", "--facts", str(facts), "--out", str(out))
    assert installation.ok("incident", "close", case, "--reason", "mended", "--json").json()["closed_at"]
    risk = installation.ok("incident", "risk", "--reason", "discrimination", "--json").json()
    assert risk["suspended"] == "all"
    installation.ok("oversight", "resume", "--reason", "mended")
