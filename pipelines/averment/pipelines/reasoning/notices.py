"""The fixed wordings of notices and of value templates, in English and German: the only place they stand."""

import re
from typing import Final, Literal

Language = Literal["en", "de"]

_GERMAN: Final = re.compile(
    r"\b(?:der|die|das|den|dem|ein|eine|und|oder|ist|sind|wird|werden|nicht|wie|was|welche[rsnm]?|wer|wann|gibt|kann|muss|laut|"
    r"vertrag|vereinbarung|im|für|zum|zur|von|auf)\b",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(
    r"\b(?:the|a|an|and|or|is|are|was|were|what|which|who|when|does|do|did|of|in|for|to|from|there|by|how)\b",
    re.IGNORECASE,
)

NOTICES: Final[dict[str, dict[Language, str]]] = {
    "nothing_found": {
        "en": "I cannot answer this: nothing found that answers it in {documents} read, {sections}.",
        "de": "Das kann ich nicht beantworten: In {documents}, {sections}, fand sich keine Antwort.",
    },
    "no_such_clause": {
        "en": "No: there is no such clause in {documents}, read to the end, {sections}; no sentence comes near one.",
        "de": "Nein: In {documents}, ganz gelesen, {sections}, gibt es keine solche Klausel; kein Satz kommt ihr nahe.",
    },
    "nothing_in_scope": {
        "en": "I cannot answer this: no document that you may read matches the question and its filters.",
        "de": "Das kann ich nicht beantworten: Kein für Sie lesbares Dokument passt zu Frage und Filtern.",
    },
    "weak_evidence": {
        "en": "I cannot answer this with enough certainty; the nearest passages of {documents} are listed, not quoted "
        "as an answer.",
        "de": "Das kann ich nicht sicher genug beantworten; die nächsten Stellen aus {documents} sind aufgeführt, "
        "aber keine Antwort.",
    },
    "wrong_company": {
        "en": "I cannot answer this: no document found is of the company or contract that the question names.",
        "de": "Das kann ich nicht beantworten: Keines der gefundenen Dokumente betrifft das Unternehmen oder den "
        "Vertrag der Frage.",
    },
    "wrong_form": {
        "en": "I cannot answer this: none of the documents found is of the form that the question names.",
        "de": "Das kann ich nicht beantworten: Keines der gefundenen Dokumente ist von der Art, die die Frage nennt.",
    },
    "wrong_period": {
        "en": "I cannot answer this: none of the documents found is of the period that the question names.",
        "de": "Das kann ich nicht beantworten: Keines der gefundenen Dokumente gehört zum Zeitraum der Frage.",
    },
    "metric_not_found": {
        "en": "I cannot compute this: no table row was found that is the figure asked for.",
        "de": "Das kann ich nicht berechnen: Es fand sich keine Tabellenzeile mit der gefragten Größe.",
    },
    "period_not_found": {
        "en": "I cannot compute this: the figure was found, but not for the period asked for.",
        "de": "Das kann ich nicht berechnen: Die Größe fand sich, aber nicht für den gefragten Zeitraum.",
    },
    "period_missing": {
        "en": "I cannot compute this: the question or the tables do not say which periods are meant.",
        "de": "Das kann ich nicht berechnen: Frage oder Tabellen sagen nicht, welche Zeiträume gemeint sind.",
    },
    "ambiguous": {
        "en": "I cannot compute this: more than one figure fits the question, with different values.",
        "de": "Das kann ich nicht berechnen: Mehrere Zahlen mit verschiedenen Werten passen zur Frage.",
    },
    "several_documents": {
        "en": "I cannot compute this: more than one document has such a figure; name company, form and period.",
        "de": "Das kann ich nicht berechnen: Mehrere Dokumente haben eine solche Zahl; nennen Sie Unternehmen, Art und "
        "Zeitraum.",
    },
    "unit_unknown": {
        "en": "I cannot compute this: the figures found are not in units that go together.",
        "de": "Das kann ich nicht berechnen: Die gefundenen Zahlen haben keine Einheiten, die zusammenpassen.",
    },
    "sign_changes": {
        "en": "I cannot compute this: a growth rate over a base of zero or of another sign has no meaning.",
        "de": "Das kann ich nicht berechnen: Eine Wachstumsrate über eine Basis von null oder mit anderem Vorzeichen "
        "ist ohne Aussage.",
    },
    "not_a_figure": {
        "en": "I cannot compute this: the question asks for more figures at once than are put into one calculation.",
        "de": "Das kann ich nicht berechnen: Die Frage verlangt mehr Zahlen, als in eine Rechnung gehen.",
    },
    "truncated": {
        "en": "The budget for this question was spent ({budget}); this is what was found until then.",
        "de": "Das Budget für diese Frage ist verbraucht ({budget}); dies ist der Stand bis dahin.",
    },
    "cancelled": {"en": "The question was cancelled.", "de": "Die Frage wurde abgebrochen."},
    "withheld": {
        "en": "{count} written by the language model failed the checks against the quotations and is withheld.",
        "de": "{count} des Sprachmodells bestand die Prüfung gegen die Zitate nicht und wird zurückgehalten.",
    },
    "coverage": {
        "en": "Read: {documents}, {sections}{exhaustive}.",
        "de": "Gelesen: {documents}, {sections}{exhaustive}.",
    },
    "unreadable": {
        "en": "{pages} could not be read.",
        "de": "{pages} nicht lesbar.",
    },
    "model_unavailable": {
        "en": "The language model gave no usable output; this was reached without it.",
        "de": "Das Sprachmodell lieferte nichts Verwendbares; dies entstand ohne es.",
    },
    "method_extractive": {
        "en": "Found by retrieval and rules; no language model chose or wrote any of it.",
        "de": "Durch Suche und Regeln gefunden; kein Sprachmodell hat davon etwas gewählt oder geschrieben.",
    },
    "method_rules": {
        "en": "Read and computed by rules from the cited cells; no language model was involved in the result.",
        "de": "Durch Regeln aus den zitierten Zellen gelesen und berechnet, ohne Sprachmodell.",
    },
    "method_model": {
        "en": "A language model chose or wrote parts of this; quotations and numbers are copied and computed.",
        "de": "Ein Sprachmodell hat Teile gewählt oder geschrieben; Zitate und Zahlen sind kopiert und berechnet.",
    },
    "presence": {
        "en": "The quoted text bears on the question; its legal effect was not judged.",
        "de": "Die zitierte Stelle betrifft die Frage; ihre rechtliche Wirkung wurde nicht beurteilt.",
    },
    "several_values": {
        "en": "The quotation holds more than one such value; none is singled out.",
        "de": "Das Zitat enthält mehrere solche Werte; keiner ist herausgegriffen.",
    },
    "trial": {
        "en": "Trial mode: the certainty threshold is not calibrated.",
        "de": "Probebetrieb: Die Schwelle für die Sicherheit ist nicht kalibriert.",
    },
}

_UNITS: Final[dict[str, dict[Language, tuple[str, str]]]] = {
    "documents": {"en": ("document", "documents"), "de": ("Dokument", "Dokumenten")},
    "sections": {"en": ("section", "sections"), "de": ("Abschnitt", "Abschnitten")},
    "pages": {"en": ("page", "pages"), "de": ("Seite", "Seiten")},
    "count": {"en": ("statement", "statements"), "de": ("Aussage", "Aussagen")},
}
BUDGETS: Final[dict[str, dict[Language, str]]] = {
    "steps": {"en": "steps", "de": "Schritte"},
    "tokens": {"en": "tokens", "de": "Token"},
    "seconds": {"en": "time", "de": "Zeit"},
}
EXHAUSTIVE: Final[dict[Language, str]] = {"en": ", every section in scope", "de": ", alle Abschnitte im Umfang"}


def language_of(question: str) -> Language:
    """Tell German from English by function words; anything else is answered in English."""
    return "de" if len(_GERMAN.findall(question)) > len(_ENGLISH.findall(question)) else "en"


def is_without_small_words(question: str) -> bool:
    """Say whether a question has no function word of English or German that would tell its language."""
    return not (_GERMAN.search(question) or _ENGLISH.search(question))


def counted(unit: str, number: int, language: Language) -> str:
    """Write a number with its noun, `1 document` or `3 documents`."""
    one, many = _UNITS[unit][language]
    return f"{number} {one if number == 1 else many}"


def notice(code: str, language: Language, **parts: str) -> str:
    """Write a notice; `parts` fill its places and hold counts, never content of documents."""
    return NOTICES[code][language].format(**parts)
