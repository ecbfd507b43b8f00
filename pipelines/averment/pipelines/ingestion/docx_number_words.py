"""Numbers of lists that Word writes in words or as ordinals: `One`, `First`, `1st`."""

from typing import Final

_ONES: Final = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
]
_TENS: Final = ["Zero", "Ten", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def number_in_words(number: int, form: str) -> str:
    """Write a number as Word does in English; from 100 on in digits.

    Example:
        >>> number_in_words(21, "cardinalText"), number_in_words(3, "ordinalText"), number_in_words(12, "ordinal")
        ('Twenty-One', 'Third', '12th')
    """
    if form == "ordinal" or not 0 <= number < 100:
        endings = {1: "st", 2: "nd", 3: "rd"}
        ending = "th" if 10 <= number % 100 <= 20 else endings.get(number % 10, "th")
        return str(number) if form == "cardinalText" else f"{number}{ending}"
    words = _ONES[number] if number < 20 else _TENS[number // 10]
    if number >= 20 and number % 10:
        words += f"-{_ONES[number % 10]}"
    return words if form == "cardinalText" else _ordinal(words)


def _ordinal(words: str) -> str:
    head, dash, last = words.rpartition("-")
    known = _ORDINALS.get(last.lower())
    if known is None:
        known = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return f"{head}{dash}{known.capitalize()}"
