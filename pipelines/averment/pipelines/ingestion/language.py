"""Which language a document is in, from its most common words: English, German, another one, or unknown."""

import re
from collections import Counter
from typing import Final

_SAMPLE_CHARS: Final = 40_000
_MIN_WORDS: Final = 20
_WORD: Final = re.compile(r"[^\W\d_]+")
_STOP_WORDS: Final = {
    "en": "the of and to in or is for by on that with as be this any shall not are from which its has",
    "de": "der die das und in den von zu mit des auf für ist im dem nicht ein eine als auch werden sich oder nach",
    "fr": "le la les de des du et en un une dans que qui pour par sur au aux est ce cette ou avec ne pas",
    "es": "el la los las de del y en un una que por con para se al lo su es o como no",
    "it": "il lo la gli le di del della e in un una che per con non si al dei da è o come",
    "nl": "de het een van en in is op te dat die voor met zijn aan niet door of als bij",
    "pt": "o a os as de do da dos e em um uma que para com por não se ao no na ou",
}
_INDEX: Final = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language; None for texts too short or of no known language."""
    sample = (
        text
        if len(text) <= _SAMPLE_CHARS
        else text[: _SAMPLE_CHARS // 2] + text[len(text) // 2 :][: _SAMPLE_CHARS // 2]
    )
    words = Counter(_WORD.findall(sample.lower()))
    total = words.total()
    if total < _MIN_WORDS:
        return None
    shares = {language: sum(words[word] for word in known) / total for language, known in _INDEX.items()}
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] > 0.08 else None
