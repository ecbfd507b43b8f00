"""Who signs a contract: the names beside the lines for signatures."""

import re
from typing import Final

from averment.pipelines.anatomy.party_names import (
    ENDS_IN_FORM,
    MAX_PARTIES,
    ROLES,
    FoundParty,
    add_party,
    is_name,
)

_SIGNATURE_CHARS: Final = 12_000
_MAX_NAME_WORDS: Final = 6
_LINE: Final = re.compile(
    r"\n[ \t]*(?P<name>[^\n]{3,90}?)[ \t]*(?=\n(?:[^\n]{0,60}\n)?[ \t]*(?:By|BY|Von|Signed|Signature|/s/)\s*:?[ \t_/])"
)
_BESIDE: Final = re.compile(
    r"(?P<left>\S+\s(?:.*?\s)?(?:INC|LLC|L\.L\.C|CORP(?:ORATION)?|LTD|LIMITED|GMBH|AG|L\.P|N\.V)\b[.,]?)\s+(?P<right>\S{2,}\s.+)$",
    re.I,
)
# A person's own signature; the lines below that of one who signs for another name what he is there.
_SIGNED: Final = re.compile(
    r"^[ \t]*/s/[ \t]*(?P<name>[A-ZÄÖÜ][\w.’'-]*(?:[ \t]+[A-ZÄÖÜ][\w.’'-]*){1,3})[ \t]*$"
    r"(?!\n[^\n]*(?:\b(?:By|Name|Title|Its|Von)\b|,\s*\w))",
    re.M,
)


def find_signatories(text: str, *, allow_persons: bool = False) -> tuple[FoundParty, ...]:
    """Return the organisations named above the lines for signatures, in order; offsets are those of `text`.

    Args:
        text: The canonical text of a contract.
        allow_persons: Whether those count too who sign for themselves, as they do under "the undersigned".
    """
    begin = max(0, len(text) - _SIGNATURE_CHARS)
    signing = [
        (match.start("name"), _organisation(column))
        for match in _LINE.finditer(text, begin)
        for column in _columns(match["name"])
    ]
    if allow_persons:
        signing += [(match.start("name"), match["name"]) for match in _SIGNED.finditer(text, begin)]
    found: dict[str, FoundParty] = {}
    for position, name in sorted(signing):
        if name and is_name(name):
            start = text.index(name, position)
            add_party(found, FoundParty(name=name, start=start, end=start + len(name)))
    return tuple(found.values())[:MAX_PARTIES]


def _columns(line: str) -> tuple[str, ...]:
    """Return the two names of a line that prints the signatures of two organisations beside each other."""
    two = _BESIDE.match(line)
    return (two["left"], two["right"]) if two and ENDS_IN_FORM.search(two["right"]) else (line,)


def _organisation(line: str) -> str:
    """Return the name that a line consists of, without the side it takes; nothing where it is none."""
    return next(
        (name for part in line.split(":") if (name := _without_side(part.strip(" ,"))) and _is_set_off(name)), ""
    )


def _without_side(name: str) -> str:
    """Cut roles off: "HALDEN AG DISTRIBUTOR", "RESELLER Halden AG"."""
    while (words := name.rsplit(maxsplit=1))[1:] and words[1].lower() in ROLES and not ENDS_IN_FORM.search(words[1]):
        name = words[0].rstrip(" ,-–")
    first, _, rest = name.partition(" ")
    return rest if first.isupper() and first.lower() in ROLES and not rest.isupper() else name


def _is_set_off(name: str) -> bool:
    is_capital = name.isupper() and not re.search(r"\d", name) and 1 < len(name.split()) <= _MAX_NAME_WORDS
    return is_capital or ENDS_IN_FORM.search(name) is not None
