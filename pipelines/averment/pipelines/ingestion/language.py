"""Which language a document is in, from its script and its most common words.

English and German are the languages Averment is made for. Any other one is told, by its ISO 639-1 code, so that a
document in it is flagged; languages without a list of common words here are told by their script, where that is
enough. A text in two languages is in the one that has more of it; how much is in neither English nor German is told
by `foreign_share`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

SUPPORTED: Final = frozenset({"en", "de"})
# A document is flagged when more of its text than this is in another language.
FOREIGN_SHARE: Final = 0.2
_SAMPLE_CHARS: Final = 40_000
_MIN_WORDS: Final = 20
_MIN_SHARE: Final = 0.08
_CLEARLY: Final = 2.0
_MIN_BLOCKS: Final = 3
_BLOCK_CHARS: Final = 500
_MAX_BLOCKS: Final = 30
# Letters that touch digits are places of cells, not words.
_WORD: Final = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")
# One letter may be a word (`a`, `y`, `w`) or the number of a list; it counts beside so many different longer words.
_MIN_LONGER: Final = 3
_STOP_WORDS: Final = {
    "en": "the of and to in or is for by on that with as be this any shall not are from which its has",
    "de": "der die das und in den von zu mit des auf für ist im dem nicht ein eine als auch werden sich oder nach",
    "fr": "le la les de des du et en un une dans que qui pour par sur au aux est ce cette ou avec ne pas",
    "es": "el la los las de del y en un una que por con para se al lo su es o como no",
    "it": "il lo la gli le di del della e in un una che per con non si al dei da è o come",
    "nl": "de het een van en in is op te dat die voor met zijn aan niet door of als bij",
    "pt": "o a os as de do da dos e em um uma que para com por não se ao no na ou",
    "pl": "i w na z do nie się o że jest od za przez dla po oraz lub jak są który tego",
    "cs": "a v na se je o s z do že k za nebo pro podle jsou být který od po",
    "sk": "a v na sa je o s z do že k za alebo pre podľa sú byť ktorý od po",
    "sv": "och i att det som en på är av för med till den inte om ett eller har ska vid",
    "da": "og i at det som en på er af for med til den ikke om et eller har skal ved",
    "no": "og i å det som en på er av for med til den ikke om et eller har skal ved",
    "fi": "ja on ei että se tai joka ovat sekä myös kuin mukaan tämän voi ole sen",
    "hu": "a az és hogy nem is egy vagy szerint az ezt meg mint ha csak volt által",
    "ro": "și de la în a cu pe nu care din se sau este prin pentru un o al sunt",
    "tr": "ve bir bu ile için da de olarak veya olan her en gibi daha ise kadar",
    "hr": "i u na je se da za od su s o ili koji kao iz po prema nije bi",
}
# The languages that a word is common in.
_LANGUAGES: Final = {
    word: tuple(language for language, known in _STOP_WORDS.items() if word in known.split())
    for words in _STOP_WORDS.values()
    for word in words.split()
}
_SCRIPTS: Final = (
    ("el", "\u0370", "\u03ff"),
    ("ru", "\u0400", "\u052f"),
    ("he", "\u0590", "\u05ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hi", "\u0900", "\u097f"),
    ("th", "\u0e00", "\u0e7f"),
    ("ja", "\u3040", "\u30ff"),
    ("zh", "\u4e00", "\u9fff"),
    ("ko", "\uac00", "\ud7af"),
)
_MIN_SCRIPT_CHARS: Final = 40
_NOT_LATIN: Final = re.compile("[\u0370-\uffff]")


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language; None for texts too short or of no known language.

    Example:
        >>> detect_language("Der Mieter zahlt die Miete und die Nebenkosten an den Vermieter. " * 3)
        'de'
    """
    sample = (
        text
        if len(text) <= _SAMPLE_CHARS
        else text[: _SAMPLE_CHARS // 2] + text[len(text) // 2 :][: _SAMPLE_CHARS // 2]
    )
    script = None if sample.isascii() else _by_script(sample)
    if script is not None:
        return script
    shares = _shares(sample)
    best = max(shares, key=lambda language: shares[language], default=None)
    return best if best is not None and shares[best] > _MIN_SHARE else None


def foreign_share(text: str) -> float:
    """Return the share of a text, 0-1, that is in a language other than English and German.

    Parts of no known language (tables, lists of names) count as neither; 0 for a text that is too short to tell.
    """
    told = [is_foreign for block in _blocks(text) if (is_foreign := _is_foreign(block)) is not None]
    if len(told) < _MIN_BLOCKS:
        return float(_is_foreign(text) or False)
    return sum(told) / len(told)


def _is_foreign(block: str) -> bool | None:
    """Tell a part in another language, clearly: a few of its words stand in names and figures of any text."""
    language = detect_language(block)
    if language is None or language in SUPPORTED:
        return None if language is None else False
    shares = _shares(block)
    return shares.get(language, 1.0) > _CLEARLY * max((shares.get(known, 0.0) for known in SUPPORTED), default=0.0)


def _shares(sample: str) -> dict[str, float]:
    """Return the share of words that are common in each language; empty for too few words."""
    words = Counter(map(str.lower, _WORD.findall(sample)))
    total = words.total()
    if total < _MIN_WORDS:
        return {}
    longer = Counter(language for word in words if len(word) > 1 for language in _LANGUAGES.get(word, ()))
    shares = dict.fromkeys(_STOP_WORDS, 0)
    for word, count in words.items():
        for language in _LANGUAGES.get(word, ()):
            if len(word) > 1 or longer[language] >= _MIN_LONGER:
                shares[language] += count
    return {language: count / total for language, count in shares.items()}


def _by_script(sample: str) -> str | None:
    """Return the language of a script that is not Latin and makes up most of the letters."""
    written = [char for char in _NOT_LATIN.findall(sample) if char.isalpha()]
    if len(written) < _MIN_SCRIPT_CHARS:
        return None
    counts = Counter(language for char in written for language, first, last in _SCRIPTS if first <= char <= last)
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    if not counts or counts.total() < max(_MIN_SCRIPT_CHARS, 0.3 * sum(map(str.isalpha, sample))):
        return None
    return counts.most_common(1)[0][0]


def _blocks(text: str) -> Iterator[str]:
    """Yield parts of a text, spread evenly over it."""
    n_blocks = max(1, min(len(text) // _BLOCK_CHARS, _MAX_BLOCKS))
    step = len(text) // n_blocks
    for number in range(n_blocks):
        yield text[number * step : number * step + _BLOCK_CHARS]
