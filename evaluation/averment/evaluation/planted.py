"""Plants invented personal data in sentences of contracts, and in documents, where each value's place is known.

Names, addresses and numbers are made up by a seed; numbers with a check digit have the right one. The sentences are in
`planted.yaml`: some name what follows, others do not, so that what is found by its form and what by the words around
it both count. Nobody's data is used.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, cast

import yaml

from averment.compliance.pii.checksums import iso_7064_digit, luhn_digit
from averment.compliance.pii.kinds import Kind

_SLOT: Final = re.compile(r"\{(?P<kind>[a-z_]+)(?::(?P<form>[a-z]+))?\}")
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_MONTHS_DE: Final = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober")
_CAPITALS: Final = "CFGHJKLMNPRTVWXYZ"

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A planted value: `text[start:end]` of its text, code points from 0, end exclusive."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedText:
    """A text with the values planted in it, in order; `is_ours` says that it holds no others."""

    text: str
    language: str
    plants: tuple[Plant, ...]
    is_ours: bool = True


def planted_sentences(n: int, language: str, *, seed: int) -> Iterator[PlantedText]:
    """Yield `n` texts of one sentence with values and, for each, one without any.

    Args:
        n: How many of each.
        language: `en` or `de`.
        seed: Decides everything.
    """
    words = _words()[language]
    chosen = random.Random(f"{seed}-{language}")
    for number in range(n):
        yield _filled(words["sentences"][number % len(words["sentences"])], language, chosen)
        yield _filled(words["clean"][number % len(words["clean"])], language, chosen)


def plant_into(text: str, language: str, *, n: int, seed: int) -> PlantedText:
    """Plant `n` sentences between the paragraphs of a document, whose own personal data is not known."""
    words = _words()[language]
    chosen = random.Random(f"{seed}-{language}-{len(text)}")
    breaks = [match.end() for match in re.finditer(r"\n\s*\n|\n", text)] or [len(text)]
    places = sorted(chosen.sample(breaks, min(n, len(breaks))))
    parts: list[str] = []
    plants: list[Plant] = []
    before = length = 0
    for place in places:
        made = _filled(chosen.choice(words["sentences"]), language, chosen)
        parts += [text[before:place], made.text, "\n\n"]
        length += place - before
        plants += [Plant(kind=p.kind, start=p.start + length, end=p.end + length) for p in made.plants]
        length += len(made.text) + 2
        before = place
    return PlantedText(text="".join([*parts, text[before:]]), language=language, plants=tuple(plants), is_ours=False)


@cache
def _words() -> Mapping[str, Words]:
    content = (files("averment.evaluation") / "planted.yaml").read_text("utf-8")
    return cast("Mapping[str, Words]", yaml.safe_load(content))


def _filled(sentence: str, language: str, chosen: random.Random) -> PlantedText:
    text = ""
    plants: list[Plant] = []
    before = 0
    for slot in _SLOT.finditer(sentence):
        kind = Kind(slot["kind"])
        text += sentence[before : slot.start()]
        value = _MAKERS[slot["form"] or kind](language, chosen)
        plants.append(Plant(kind=kind, start=len(text), end=len(text) + len(value)))
        text += value
        before = slot.end()
    return PlantedText(text=text + sentence[before:], language=language, plants=tuple(plants))


def _person(language: str, chosen: random.Random) -> str:
    words = _words()[language]
    initial = f"{chosen.choice('ABCDEFGHJKLMPRST')}. " if language == "en" and chosen.random() < 0.3 else ""
    return f"{chosen.choice(words['first'])} {initial}{chosen.choice(words['last'])}"


def _address(language: str, chosen: random.Random) -> str:
    words = _words()[language]
    street, town, number = chosen.choice(words["streets"]), chosen.choice(words["towns"]), chosen.randint(1, 199)
    return f"{number} {street}, {town}" if language == "en" else f"{street} {number}, {town}"


def _email(language: str, chosen: random.Random) -> str:
    words = _words()[language]
    plain = "".join(char for char in chosen.choice(words["last"]).casefold() if char.isascii() and char.isalpha())
    return f"{chosen.choice('abcdefgh')}{chosen.choice(['.', '_', '-', ''])}{plain}@{chosen.choice(words['domains'])}"


def _phone(language: str, chosen: random.Random) -> str:
    line = _digits(chosen, 4)
    if language == "en":
        area, office = f"{chosen.randint(2, 9)}{chosen.randint(12, 98)}", f"5{_digits(chosen, 2)}"
        return chosen.choice([f"({area}) {office}-{line}", f"{area}-{office}-{line}", f"+1 {area} {office} {line}"])
    town = chosen.choice(["30", "89", "40", "69", "170", "151"])
    forms = [f"0{town} {_digits(chosen, 3)}{line}", f"+49 {town} 2{_digits(chosen, 3)}{line}", f"0{town}/3{line}-12"]
    return chosen.choice(forms)


def _iban(language: str, chosen: random.Random) -> str:
    country, account = ("DE", _digits(chosen, 18)) if language == "de" else ("GB", f"NWBK{_digits(chosen, 14)}")
    value = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    whole = f"{country}{98 - int(value) % 97:02d}{account}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if chosen.random() < 0.7 else whole


def _card(language: str, chosen: random.Random) -> str:
    body = f"4{_digits(chosen, 14)}"
    whole = f"{body}{luhn_digit(body)}"
    return " ".join(whole[at : at + 4] for at in range(0, 16, 4)) if language == "en" else whole


def _social_security(language: str, chosen: random.Random) -> str:
    if language == "en":
        return f"{chosen.randint(101, 665)}-{chosen.randint(10, 99)}-{chosen.randint(1000, 9999)}"
    born = f"{chosen.randint(1, 28):02d}{chosen.randint(1, 12):02d}{chosen.randint(50, 99)}"
    return f"{chosen.randint(10, 89)} {born} {chosen.choice(_CAPITALS)} {_digits(chosen, 3)}"


def _tax_id(_: str, chosen: random.Random) -> str:
    body = f"{chosen.randint(1, 9)}{_digits(chosen, 9)}"
    whole = f"{body}{iso_7064_digit(body)}"
    return f"{whole[:2]} {whole[2:5]} {whole[5:8]} {whole[8:]}" if chosen.random() < 0.5 else whole


def _tax_number(_: str, chosen: random.Random) -> str:
    return f"{_digits(chosen, 2)}/{_digits(chosen, 3)}/{_digits(chosen, 5)}"


def _identity_document(language: str, chosen: random.Random) -> str:
    if language == "en":
        return f"{chosen.choice(_CAPITALS)}{_digits(chosen, 8)}"
    return "L" + "".join(f"{_digits(chosen, 2)}{chosen.choice(_CAPITALS)}" for _ in range(2)) + _digits(chosen, 2)


def _date_of_birth(language: str, chosen: random.Random) -> str:
    day, month, year = chosen.randint(1, 28), chosen.randrange(10), chosen.randint(1950, 2003)
    if language == "en":
        return chosen.choice([f"{_MONTHS[month]} {day}, {year}", f"{month + 1:02d}/{day:02d}/{year}"])
    return chosen.choice([f"{day:02d}.{month + 1:02d}.{year}", f"{day}. {_MONTHS_DE[month]} {year}"])


def _digits(chosen: random.Random, n: int) -> str:
    return "".join(str(chosen.randrange(10)) for _ in range(n))


_MAKERS: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    Kind.PERSON: _person,
    Kind.ADDRESS: _address,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.IBAN: _iban,
    Kind.CARD: _card,
    Kind.SOCIAL_SECURITY: _social_security,
    Kind.TAX_NUMBER: _tax_id,
    "number": _tax_number,
    Kind.IDENTITY_DOCUMENT: _identity_document,
    Kind.DATE_OF_BIRTH: _date_of_birth,
}
