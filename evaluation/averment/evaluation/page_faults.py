"""Faults put into what the parser made of a PDF, each a loss or a change that a reader would mind."""

import random
from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from averment.core.documents import ParsedDocument, Words

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Word:
    """A word and its place."""

    text: str
    box: Box


Line = list[Word]
Page = list[Line]


def take_apart(parsed: ParsedDocument) -> list[Page]:
    """Take a parsed PDF apart into pages of lines of words."""
    pages: list[Page] = []
    words = list(parsed.words)
    for span in parsed.pages:
        lines: Page = [[]]
        last_end = span.start
        for word in (word for word in words if span.start <= word.start < span.end):
            if "\n" in parsed.text[last_end : word.start] and lines[-1]:
                lines.append([])
            box = (word.x0, word.y0, word.x1, word.y1)
            lines[-1].append(Word(parsed.text[word.start : word.end], box))
            last_end = word.end
        pages.append([line for line in lines if line])
    return pages


def put_together(parsed: ParsedDocument, pages: list[Page]) -> ParsedDocument:
    """Write pages as a parsed document; everything but text, pages and words is the original's."""
    text, words, spans = "", Words(), []
    for number, page in enumerate(pages):
        start = len(text)
        for position, line in enumerate(page):
            text += "\n" if position else ""
            for place, word in enumerate(line):
                text += " " if place else ""
                _add(words, len(text), word, number + 1)
                text += word.text
        text += "\f" if number + 1 < len(pages) else ""
        size = parsed.pages[min(number, len(parsed.pages) - 1)]
        spans.append(replace(size, page=number + 1, start=start, end=len(text)))
    return replace(parsed, text=text, pages=tuple(spans), words=words)


def _add(words: Words, start: int, word: Word, page: int) -> None:
    words.starts.append(start)
    words.ends.append(start + len(word.text))
    words.pages.append(page)
    columns: tuple[array[float], ...] = (words.x0, words.y0, words.x1, words.y1)
    for column, value in zip(columns, word.box, strict=True):
        column.append(value)


def letters(line: Line) -> str:
    """Return the letters and digits of a line."""
    return "".join(char for word in line for char in word.text if char.isalnum())


def _page(pages: list[Page], chance: random.Random) -> Page:
    return chance.choice([page for page in pages if len(page) > 1 and any(letters(line) for line in page)])


def _line(pages: list[Page], chance: random.Random) -> Line:
    return chance.choice([line for line in _page(pages, chance) if letters(line)])


def _two_pages(pages: list[Page], chance: random.Random) -> tuple[int, int]:
    first, second = chance.sample(range(len(pages)), 2)
    return first, second


def drop_page(pages: list[Page], chance: random.Random) -> None:
    """Drop a page."""
    pages.remove(_page(pages, chance))


def empty_page(pages: list[Page], chance: random.Random) -> None:
    """Empty a page."""
    _page(pages, chance).clear()


def duplicate_page(pages: list[Page], chance: random.Random) -> None:
    """Repeat a page behind itself."""
    page = _page(pages, chance)
    pages.insert(pages.index(page), [list(line) for line in page])


def swap_pages(pages: list[Page], chance: random.Random) -> None:
    """Swap two pages."""
    first, second = _two_pages(pages, chance)
    pages[first], pages[second] = pages[second], pages[first]


def drop_row(pages: list[Page], chance: random.Random) -> None:
    """Drop a row."""
    line = _line(pages, chance)
    next(page for page in pages if any(line is other for other in page)).remove(line)


def duplicate_row(pages: list[Page], chance: random.Random) -> None:
    """Repeat a row."""
    line = _line(pages, chance)
    page = next(page for page in pages if any(line is other for other in page))
    page.insert(page.index(line), list(line))


def swap_rows(pages: list[Page], chance: random.Random) -> None:
    """Swap two rows that stand one below the other, with the places of their words."""
    page = _page(pages, chance)
    at = chance.randrange(len(page) - 1)
    page[at], page[at + 1] = page[at + 1], page[at]


def swap_texts_of_rows(pages: list[Page], chance: random.Random) -> None:
    """Swap what two words of two rows say; the places stay."""
    page = _page(pages, chance)
    first, second = chance.sample([line for line in page if letters(line)], 2)
    one, other = chance.choice(first), chance.choice(second)
    one.text, other.text = other.text, one.text


def drop_word(pages: list[Page], chance: random.Random) -> None:
    """Drop a word."""
    line = _line(pages, chance)
    line.remove(chance.choice([word for word in line if letters([word])]))


def swap_words(pages: list[Page], chance: random.Random) -> None:
    """Swap two words of a row, with their places."""
    line = chance.choice([line for page in pages for line in page if len(line) > 1])
    at = chance.randrange(len(line) - 1)
    line[at], line[at + 1] = line[at + 1], line[at]


def _digit(pages: list[Page], chance: random.Random) -> tuple[Word, int]:
    words = [
        word for page in pages for line in page for word in line if any(char in "0123456789" for char in word.text)
    ]
    word = chance.choice(words)
    return word, chance.choice([at for at, char in enumerate(word.text) if char in "0123456789"])


def drop_digit(pages: list[Page], chance: random.Random) -> None:
    """Drop a digit."""
    word, at = _digit(pages, chance)
    word.text = word.text[:at] + word.text[at + 1 :]


def change_digit(pages: list[Page], chance: random.Random) -> None:
    """Change a digit into another one."""
    word, at = _digit(pages, chance)
    other = chance.choice([digit for digit in "0123456789" if digit != word.text[at]])
    word.text = word.text[:at] + other + word.text[at + 1 :]


def repeat_digit(pages: list[Page], chance: random.Random) -> None:
    """Double a digit."""
    word, at = _digit(pages, chance)
    word.text = word.text[:at] + word.text[at] + word.text[at:]


def drop_rows(pages: list[Page], chance: random.Random, *, count: int) -> None:
    """Drop rows that follow each other."""
    page = chance.choice([page for page in pages if len(page) > count])
    at = chance.randrange(len(page) - count + 1)
    del page[at : at + count]


FAULTS: Final[tuple[Callable[[list[Page], random.Random], None], ...]] = (
    drop_page,
    empty_page,
    duplicate_page,
    swap_pages,
    drop_row,
    duplicate_row,
    swap_rows,
    swap_texts_of_rows,
    drop_word,
    swap_words,
    drop_digit,
    change_digit,
    repeat_digit,
)


PAGE_FAULTS: Final = (drop_page, empty_page, duplicate_page, swap_pages)


def said(pages: list[Page]) -> list[list[str]]:
    """Return what pages say, row by row, in letters and digits: a fault that leaves this alone is none."""
    return [[row for line in page if (row := letters(line))] for page in pages]
