"""The tokens of RTF: groups, control words and symbols, and text decoded by the code page in force."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n\x00]+|([^\\{}\r\n\x00]+)|\\", re.DOTALL
)
_CHARSETS: Final = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token: `text` is the name of a word or symbol, or the text; `number` the parameter of a word."""

    kind: Literal["open", "close", "word", "symbol", "text"]
    text: str = ""
    number: int | None = None


def code_page(charset: int) -> str:
    """Return the code page of a font's character set."""
    return _CHARSETS.get(charset, "cp1252")


def read_tokens(content: bytes, *, state: Callable[[], tuple[str, int]]) -> Iterator[Token]:
    """Yield the tokens of a file in order.

    Args:
        content: The file.
        state: Tells the code page in force and how many characters stand in for a Unicode one.
    """
    pending: list[bytes] = []
    high = 0
    skip = 0
    position = 0
    while (match := _TOKEN.match(content, position)) is not None:
        position = match.end()
        word, number, byte, _, _, text = match.groups()
        if byte is not None or text is not None:
            raw = bytes([int(byte, 16)]) if byte is not None else text
            dropped = min(skip, len(raw))
            skip -= dropped
            if dropped < len(raw):
                pending.append(raw[dropped:])
            continue
        if pending:
            yield Token("text", _decode(b"".join(pending), state()[0]))
            pending = []
        if word == b"u" and number is not None:
            letter, high = _letter(int(number) & 0xFFFF, high)
            if letter:
                yield Token("text", letter)
            skip = state()[1]
        elif word == b"bin":
            position += max(int(number or b"0"), 0)
        elif (token := _mark(match)) is not None:
            skip = 0
            yield token
    if pending:
        yield Token("text", _decode(b"".join(pending), state()[0]))


def _letter(code: int, high: int) -> tuple[str, int]:
    """Return the character of a UTF-16 unit, empty for the first of a pair, and the pair's first half."""
    if 0xD800 <= code < 0xDC00:
        return "", code
    if high and 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)), 0
    return chr(code), 0


def _mark(match: re.Match[bytes]) -> Token | None:
    """Return the token of a word, symbol or brace; None for line ends, which mean nothing."""
    word, number, _, symbol, brace, _ = match.groups()
    if word is not None:
        return Token("word", word.decode("ascii"), None if number is None else int(number))
    if brace is not None:
        return Token("open" if brace == b"{" else "close")
    return None if symbol is None else Token("symbol", symbol.decode("latin-1"))


def _decode(data: bytes, page: str) -> str:
    try:
        return data.decode(page, errors="replace")
    except LookupError:
        return data.decode("cp1252", errors="replace")
