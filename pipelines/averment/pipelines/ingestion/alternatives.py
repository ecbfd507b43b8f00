"""Alternative contents of Office files: the one is kept that a program of today shows.

Follows markup compatibility (ECMA-376 part 3): a choice names the vocabularies it needs, and a fallback stands in where
none of them is known.
"""

from typing import Any, Final

_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_KNOWN: Final = ("http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/")


def choose(root: Any) -> None:
    """Keep of alternative contents the first that is understood, else what stands in for it."""
    for alternative in list(root.iter(f"{_MC}AlternateContent")):
        parts = [part for part in alternative if isinstance(part.tag, str)]
        kept = next((part for part in parts if part.tag == f"{_MC}Choice" and _is_understood(part)), None)
        if kept is None:
            kept = next((part for part in parts if part.tag == f"{_MC}Fallback"), None)
        parent = alternative.getparent()
        if parent is None:
            continue
        at = parent.index(alternative)
        for inner in reversed([] if kept is None else list(kept)):
            parent.insert(at, inner)
        parent.remove(alternative)


def _is_understood(choice: Any) -> bool:
    """Tell a choice that asks for names of Office only."""
    prefixes = (choice.get("Requires") or "").split()
    return all(str(choice.nsmap.get(prefix, "")).startswith(_KNOWN) for prefix in prefixes)
