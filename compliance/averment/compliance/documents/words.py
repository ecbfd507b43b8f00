"""What documents say besides the law's words and people's: sentences with gaps, English and German side by side."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

import yaml

from averment.compliance.documents.filled import Language

_FILE: Final = resources.files("averment.compliance.documents") / "words.yaml"


class Words:
    """The sentences in one language; what is not translated is English.

    Args:
        language: The language.
    """

    def __init__(self, language: Language):
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence with its gaps filled.

        Raises:
            KeyError: There is no such sentence, or a gap has no value.
        """
        texts = _texts()[key]
        return texts.get(self.language, texts["en"]).format(**values)

    def named(self, group: str, code: object) -> str:
        """Return the words for a code of a group (`role`, `mode`), or the code where there are none."""
        texts = _texts().get(f"{group}_{code}")
        return str(code) if texts is None else texts.get(self.language, texts["en"])


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
