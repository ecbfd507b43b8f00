"""Article 27: whether the assessment is owed for a purpose, and how much the system was used."""

from collections.abc import Mapping
from typing import Final

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType

_ANY_DEPLOYER: Final = frozenset({"5(b)", "5(c)"})
_DEPLOYERS: Final = ("public-body", "public-service", "private")
NO_POINT: Final = "none"


def collect(sources: Sources, sheet: Sheet) -> None:
    """Say for each purpose that people listed whether it is owed, and since when the system is used."""
    given = sources.people.get("27.owed")
    rows = [found for row in (given.rows if given is not None else ()) if (found := _answer(row, sheet)) is not None]
    if rows and sources.people_file is not None:
        heads = ("purpose", "owed", "because")
        sheet.table("27.owed", "owed", columns=heads, rows=rows, on=[sources.people_file])
    else:
        sheet.lacks("27.owed", "no_purposes", deployers=", ".join(_DEPLOYERS), none=NO_POINT)
    asked, first = sources.log.count(EventType.ANALYSIS_STARTED), sources.log.entry(0)
    on = [first.evidence, sources.log.last.evidence]
    sheet.say("27.1.b", "used_so_far", on=on, asked=asked, since=first.time, until=sources.log.state.time)


def is_owed(*, point: str, deployer: str) -> tuple[bool, str]:
    """Tell whether the assessment is owed, and the name of the sentence that says why.

    Args:
        point: The point of Annex III that the use falls under (`5(b)`), or `none`.
        deployer: `public-body`, `public-service` (private, providing public services) or `private`.

    >>> is_owed(point="none", deployer="public-body")
    (False, 'owed_no_point')
    """
    if point == NO_POINT:
        return False, "owed_no_point"
    if point in _ANY_DEPLOYER:
        return True, "owed_any_deployer"
    return (False, "owed_private") if deployer == "private" else (True, "owed_public")


def _answer(row: Mapping[str, object], sheet: Sheet) -> tuple[str, str, str] | None:
    """Return purpose, answer and reason; None where the row does not say what is needed."""
    point, deployer = str(row.get("annex_iii_point") or ""), str(row.get("deployer"))
    if not point or deployer not in _DEPLOYERS:
        return None
    owed, why = is_owed(point=point, deployer=deployer)
    return str(row.get("purpose") or ""), sheet.words("yes" if owed else "no"), sheet.words(why, point=point)
