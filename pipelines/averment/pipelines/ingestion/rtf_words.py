"""The control words of RTF that stand for characters, and the destinations that hold text or none."""

from typing import Final

SIGNS: Final = {
    "par": "\n",
    "sect": "\n",
    "page": "\n",
    "line": "\v",
    "softline": "\v",
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
SYMBOLS: Final = {"~": "\u00a0", "_": "\u2011", "-": "", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}
LEFT_OUT: Final = frozenset(
    {
        "pict", "object", "objdata", "fldinst", "stylesheet", "info", "themedata", "datastore", "colorschememapping",
        "latentstyles", "listtable", "listoverridetable", "rsidtbl", "generator", "bkmkstart", "bkmkend", "filetbl",
        "revtbl", "pgptbl", "xmlnstbl", "mmathPr", "sn", "sv", "atnid", "atnauthor", "atntime", "atndate", "atnref",
        "atnparent", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "tc", "tcn", "xe", "rxe", "txe",
        "private", "nonesttables", "password", "userprops", "docvar", "wgrffmtfilter", "nonshppict", "blipuid",
        "picprop", "shprslt", "do", "falt", "panose", "fontemb",
    }
)  # fmt: skip
# Destinations that a star marks as ignorable, and that hold text all the same.
KEPT: Final = frozenset(
    {"shpinst", "listtext", "pntext", "result", "ud", "moMath", "moMathPara", "mr", "nesttableprops"}
)
