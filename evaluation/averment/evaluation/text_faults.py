"""Faults put into the text of a document without pages: lines, words and digits lost, doubled, swapped, changed."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from averment.core.documents import ParsedDocument

Lines = list[str]


def put_in(parsed: ParsedDocument, fault: str, *, chance: random.Random) -> ParsedDocument | None:
    """Return the document with a fault in what is seen of it; None where this one changes nothing.

    Hidden elements stand at the end of such a text and move along.
    """
    end = min((element.start for element in parsed.elements if element.is_hidden), default=len(parsed.text))
    lines = parsed.text[:end].split("\n")
    FAULTS[fault](lines, chance)
    seen = "\n".join(lines)
    if _letters(seen) == _letters(parsed.text[:end]):
        return None
    moved = len(seen) - end
    elements = tuple(
        replace(element, start=element.start + moved, end=element.end + moved) if element.is_hidden else element
        for element in parsed.elements
    )
    return replace(parsed, text=seen + parsed.text[end:], elements=elements, certificate=None)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _line(lines: Lines, chance: random.Random) -> int:
    return chance.choice([at for at, line in enumerate(lines) if _letters(line)])


def _words(line: str) -> list[re.Match[str]]:
    return list(re.finditer(r"\S*\w\S*", line))


def _line_of_words(lines: Lines, chance: random.Random, *, least: int) -> int:
    return chance.choice([at for at, line in enumerate(lines) if len(_words(line)) >= least])


def drop_line(lines: Lines, chance: random.Random) -> None:
    """Drop a line."""
    del lines[_line(lines, chance)]


def double_line(lines: Lines, chance: random.Random) -> None:
    """Repeat a line."""
    at = _line(lines, chance)
    lines.insert(at, lines[at])


def swap_lines(lines: Lines, chance: random.Random) -> None:
    """Swap a line and the next."""
    at = _line(lines, chance)
    other = at + 1 if at + 1 < len(lines) else at - 1
    lines[at], lines[other] = lines[other], lines[at]


def drop_word(lines: Lines, chance: random.Random) -> None:
    """Drop a word."""
    at = _line(lines, chance)
    word = chance.choice(_words(lines[at]))
    lines[at] = lines[at][: word.start()] + lines[at][word.end() :]


def double_word(lines: Lines, chance: random.Random) -> None:
    """Repeat a word."""
    at = _line(lines, chance)
    word = chance.choice(_words(lines[at]))
    lines[at] = f"{lines[at][: word.end()]} {word.group()}{lines[at][word.end() :]}"


def swap_words(lines: Lines, chance: random.Random) -> None:
    """Swap two words of a line."""
    at = _line_of_words(lines, chance, least=2)
    words = _words(lines[at])
    place = chance.randrange(len(words) - 1)
    one, other = words[place], words[place + 1]
    line = lines[at]
    lines[at] = (
        line[: one.start()] + other.group() + line[one.end() : other.start()] + one.group() + line[other.end() :]
    )


def _digit(lines: Lines, chance: random.Random) -> tuple[int, int]:
    return chance.choice(
        [(at, place) for at, line in enumerate(lines) for place, c in enumerate(line) if c in "0123456789"]
    )


def drop_digit(lines: Lines, chance: random.Random) -> None:
    """Drop a digit."""
    at, place = _digit(lines, chance)
    lines[at] = lines[at][:place] + lines[at][place + 1 :]


def double_digit(lines: Lines, chance: random.Random) -> None:
    """Double a digit."""
    at, place = _digit(lines, chance)
    lines[at] = lines[at][:place] + lines[at][place] + lines[at][place:]


def change_digit(lines: Lines, chance: random.Random) -> None:
    """Change a digit into another one."""
    at, place = _digit(lines, chance)
    other = chance.choice([digit for digit in "0123456789" if digit != lines[at][place]])
    lines[at] = lines[at][:place] + other + lines[at][place + 1 :]


def swap_digits(lines: Lines, chance: random.Random) -> None:
    """Swap two digits that stand together."""
    at, place = _digit(lines, chance)
    if place + 1 < len(lines[at]) and lines[at][place + 1] in "0123456789":
        line = lines[at]
        lines[at] = line[:place] + line[place + 1] + line[place] + line[place + 2 :]


FAULTS: Final[dict[str, Callable[[Lines, random.Random], None]]] = {
    "drop line": drop_line,
    "double line": double_line,
    "swap lines": swap_lines,
    "drop word": drop_word,
    "double word": double_word,
    "swap words": swap_words,
    "drop digit": drop_digit,
    "double digit": double_digit,
    "change digit": change_digit,
    "swap digits": swap_digits,
}
