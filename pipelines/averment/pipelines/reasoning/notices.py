"""The fixed wordings of notices and of value templates, in English and German: the only place they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
    "recall": {
        "en": "Estimated recall {share}, at least {lower} with {level} confidence: of {marked} marked clauses of every "
        "kind {found} were found, {denied} said to be absent.",
        "de": "Geschätzte Trefferquote {share}, mindestens {lower} mit {level} Sicherheit: Von {marked} markierten "
        "Klauseln aller Art wurden {found} gefunden, {denied} für fehlend erklärt.",
    },
    "recall_of_topic": {
        "en": "Estimated recall {share}, at least {lower} with {level} confidence: of {marked} marked clauses on this "
        "{found} were found, {denied} said to be absent.",
        "de": "Geschätzte Trefferquote {share}, mindestens {lower} mit {level} Sicherheit: Von {marked} markierten "
        "Klauseln hierzu wurden {found} gefunden, {denied} für fehlend erklärt.",
    },
    "recall_unknown": {
        "en": "Recall is not estimated: `averment eval calibrate` measures how many such clauses are found.",
        "de": "Die Trefferquote ist nicht geschätzt: `averment eval calibrate` misst, wie viele solche Klauseln "
        "gefunden werden.",
    },
    "nothing_in_scope": {
        "en": "I cannot answer this: no document that you may read matches the question and its filters.",
        "de": "Das kann ich nicht beantworten: Kein für Sie lesbares Dokument passt zu Frage und Filtern.",
    },
    "none_fits": {
        "en": "I found none: as far as rules can tell, no document in scope meets what is asked of each.",
        "de": "Keines gefunden: Soweit Regeln es erkennen, erfüllt kein Dokument im Umfang, was von jedem gefragt ist.",
    },
    "weak_evidence": {
        "en": "I cannot answer this with enough certainty; the nearest passages of {documents} are listed, not quoted "
        "as an answer.",
        "de": "Das kann ich nicht sicher genug beantworten; die nächsten Stellen aus {documents} sind aufgeführt, "
        "aber keine Antwort.",
    },
    "wrong_company": {
        "en": "I cannot answer this: no document found is of the company or contract that the question names.",
        "de": "Das kann ich nicht beantworten: Keines der gefundenen Dokumente betrifft, was die Frage nennt.",
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
        "de": "Das kann ich nicht berechnen: Mehrere Dokumente haben eine solche Zahl; nennen Sie das gemeinte.",
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
    "asked_as": {"en": "Understood as: {question}", "de": "Verstanden als: {question}"},
    "part": {"en": "In {title}:", "de": "In {title}:"},
    "part_not_found": {
        "en": "In {title}: nothing found that answers this.",
        "de": "In {title}: nichts gefunden, was dies beantwortet.",
    },
    "not_compared": {
        "en": "Not computed with each other: the figures differ in unit, in length of period or in sign.",
        "de": "Nicht miteinander verrechnet: Die Zahlen unterscheiden sich in Einheit, Zeitraum oder Vorzeichen.",
    },
    "periods_apart": {
        "en": "The periods compared end on different days; each is named with its figure.",
        "de": "Die verglichenen Zeiträume enden an verschiedenen Tagen; jeder steht bei seiner Zahl.",
    },
    "tag_conflict": {
        "en": "I cannot compute this: the filing's own tag (inline XBRL) of a figure contradicts what is printed.",
        "de": "Das kann ich nicht berechnen: Die eigene Auszeichnung (Inline XBRL) einer Zahl widerspricht dem Druck.",
    },
    "tagged": {
        "en": "Value, scale, sign, unit and period are those of the filing's own tags (inline XBRL).",
        "de": "Wert, Größenordnung, Vorzeichen, Einheit und Zeitraum sind die der eigenen Auszeichnung (Inline XBRL).",
    },
    "part_unfinished": {
        "en": "In {title}: not searched to the end.",
        "de": "In {title}: nicht zu Ende gesucht.",
    },
    "listed": {
        "en": "Looked at {looked} one by one, of {scope} in scope.",
        "de": "In {looked} einzeln gesucht, von {scope} im Umfang.",
    },
    "unmet": {
        "en": "Read to the end: in {unmet} more no sentence meets what is asked of each.",
        "de": "Ganz gelesen: In weiteren {unmet} erfüllt kein Satz, was von jedem gefragt ist.",
    },
    "undecided": {
        "en": "Left open: {left} more, where a sentence comes near or a page cannot be read.",
        "de": "Offen bleibt es bei weiteren {left}: Ein Satz kommt nahe, oder eine Seite ist nicht lesbar.",
    },
    "more_match": {
        "en": "As far as rules can tell, {more} more fit; narrow the question or its filters to have them shown.",
        "de": "Nach Regeln passen noch {more} weitere; engen Sie Frage oder Filter ein, um sie zu sehen.",
    },
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
    "instructions": {
        "en": "The documents hold {passages} worded as instructions to a program that answers questions; they were not "
        "followed.",
        "de": "Die Dokumente enthalten {passages} mit Anweisungen an ein Programm, das Fragen beantwortet; sie wurden "
        "nicht befolgt.",
    },
    "concealed": {
        "en": "The documents hold {passages} hidden from whoever opens them; nothing hidden is read or quoted.",
        "de": "Die Dokumente enthalten {passages}, für Lesende verborgen; Verborgenes wird weder gelesen noch zitiert.",
    },
    "several_values": {
        "en": "The quotation holds more than one such value; none is singled out.",
        "de": "Das Zitat enthält mehrere solche Werte; keiner ist herausgegriffen.",
    },
    "below_threshold": {
        "en": "I cannot answer this with the certainty asked for: the best evidence scores below the calibrated "
        "threshold.",
        "de": "Das kann ich nicht mit der verlangten Sicherheit beantworten: Der beste Beleg liegt unter der "
        "kalibrierten Schwelle.",
    },
    "trial_calibrated": {
        "en": "Trial mode. Of answers of this kind at most {risk} are wrong, with {level} confidence: measured on "
        "{labelled}.",
        "de": "Probebetrieb. Von Antworten dieser Art sind höchstens {risk} falsch, mit {level} Sicherheit: gemessen "
        "an {labelled}.",
    },
    "operative": {
        "en": "In force on {date}: {chain}.",
        "de": "In Kraft am {date}: {chain}.",
    },
    "deleted": {
        "en": "On {date} the clause is no longer in force: {chain}.",
        "de": "Am {date} gilt die Klausel nicht mehr: {chain}.",
    },
    "later_change": {
        "en": "A later change takes effect after that day: {change}.",
        "de": "Eine spätere Änderung wird erst nach diesem Tag wirksam: {change}.",
    },
    "undated_change": {
        "en": "No effective date was found in {document}; it is taken to be in force.",
        "de": "In {document} fand sich kein Tag des Wirksamwerdens; das Dokument gilt hier als in Kraft.",
    },
    "amendments_unread": {
        "en": "The newest amendments were read; older ones are known and were not read: {count}.",
        "de": "Gelesen wurden die neuesten Nachträge; ältere sind bekannt und wurden nicht gelesen: {count}.",
    },
    "precedence": {
        "en": "Documents of this contract that bear on the question rank as the contract says, which is quoted.",
        "de": "Dokumente dieses Vertrags gehen einander vor, wie er es sagt; die Stelle ist zitiert.",
    },
    "rests_on": {
        "en": "What the quotation rests on is quoted after it.",
        "de": "Worauf das Zitat beruht, ist danach zitiert.",
    },
    "followed": {
        "en": "{part} was read in {document}.",
        "de": "{part} wurde gelesen in {document}.",
    },
    "not_available": {
        "en": "{part}, which the quotation refers to, is not among the documents that you may read.",
        "de": "{part}, worauf das Zitat verweist, ist nicht unter den Dokumenten, die Sie lesen dürfen.",
    },
    "missing_begin": {
        "en": "The date cannot be computed: the day from which the term runs was not found printed.",
        "de": "Das Datum lässt sich nicht berechnen: Der Tag, ab dem die Laufzeit läuft, fand sich nicht gedruckt.",
    },
    "missing_term": {
        "en": "The date cannot be computed: neither an end nor a length of the term was found.",
        "de": "Das Datum lässt sich nicht berechnen: Weder Ende noch Dauer der Laufzeit fanden sich.",
    },
    "missing_notice": {
        "en": "The date cannot be computed: no notice period before the end of the term was found.",
        "de": "Das Datum lässt sich nicht berechnen: Eine Kündigungsfrist vor dem Ende der Laufzeit fand sich nicht.",
    },
    "missing_renewal": {
        "en": "The date cannot be computed: the first term has ended, and for how long it renews was not found.",
        "de": "Das Datum lässt sich nicht berechnen: Für wie lange er sich verlängert, fand sich nicht.",
    },
    "missing_effective": {
        "en": "This cannot be computed: the effective date was not found printed.",
        "de": "Das lässt sich nicht berechnen: Der Tag des Inkrafttretens fand sich nicht gedruckt.",
    },
    "missing_made": {
        "en": "This cannot be computed: the date of the agreement was not found printed.",
        "de": "Das lässt sich nicht berechnen: Das Datum des Vertrags fand sich nicht gedruckt.",
    },
    "ambiguous_term": {
        "en": "The date cannot be computed: different values are printed for term, renewal or notice period.",
        "de": "Das Datum lässt sich nicht berechnen: Laufzeit, Verlängerung oder Frist sind verschieden gedruckt.",
    },
    "out_of_calendar": {
        "en": "The date cannot be computed: it lies beyond the calendar, or beyond sixty renewals.",
        "de": "Das Datum lässt sich nicht berechnen: Es liegt hinter dem Kalender oder hinter sechzig Verlängerungen.",
    },
    "several_dates": {
        "en": "I cannot compute this: several contracts give different dates; name the one that is meant.",
        "de": "Das kann ich nicht berechnen: Mehrere Verträge ergeben verschiedene Daten; nennen Sie den gemeinten.",
    },
    "effective_as_made": {
        "en": "No other day of effect was found; this is the day on which the contract was made.",
        "de": "Ein anderer Tag des Inkrafttretens fand sich nicht; dies ist der Tag des Vertragsschlusses.",
    },
    "renewed": {
        "en": "Renewals are counted up to {date}: {renewals}, if no notice was given before.",
        "de": "Verlängerungen sind bis zum {date} gezählt: {renewals}, sofern nicht vorher gekündigt wurde.",
    },
    "renews": {
        "en": "The agreement renews itself after this day unless notice is given.",
        "de": "Der Vertrag verlängert sich nach diesem Tag, sofern nicht gekündigt wird.",
    },
    "renewals_limited": {
        "en": "The agreement limits how often it renews; that limit was not counted.",
        "de": "Der Vertrag begrenzt die Zahl der Verlängerungen; diese Grenze ist nicht gezählt.",
    },
    "deadline_passed": {
        "en": "On {date} this day has passed.",
        "de": "Am {date} ist dieser Tag vorbei.",
    },
    "date_convention": {
        "en": "Months and years run to the same day of the month, or to its last day where it has none; other days are "
        "calendar days. Where a term is read to end the day before, every date that follows from it is a day earlier.",
        "de": "Monate und Jahre laufen bis zum gleichen Tag des Monats, notfalls bis zum letzten; Tage sind "
        "Kalendertage. Endet eine Laufzeit am Tag davor, so liegt jedes Datum, das daraus folgt, einen Tag früher.",
    },
    "business_days": {
        "en": "Business days are Monday to Friday without the public holidays of {calendar}.",
        "de": "Arbeitstage sind Montag bis Freitag ohne die Feiertage von {calendar}.",
    },
    "business_days_weekends": {
        "en": "Business days are Monday to Friday; no public holidays are left out, as none are known for its law.",
        "de": "Arbeitstage sind Montag bis Freitag; Feiertage sind nicht ausgenommen, da zum anwendbaren Recht keine "
        "bekannt sind.",
    },
    "method_dates": {
        "en": "Read and computed by rules from the cited dates and periods; no language model was involved.",
        "de": "Durch Regeln aus den zitierten Tagen und Zeiträumen gelesen und berechnet, ohne Sprachmodell.",
    },
    "trial": {
        "en": "Trial mode: the certainty threshold is not calibrated.",
        "de": "Probebetrieb: Die Schwelle für die Sicherheit ist nicht kalibriert.",
    },
}

DATE_PARTS: Final[dict[str, dict[Language, str]]] = {
    "begin": {"en": "start of the term", "de": "Beginn der Laufzeit"},
    "initial": {"en": "term", "de": "Laufzeit"},
    "end": {"en": "end of the term", "de": "Ende der Laufzeit"},
    "renewal": {"en": "renewal term", "de": "Verlängerung"},
    "notice": {"en": "notice period", "de": "Kündigungsfrist"},
    "effective": {"en": "effective date", "de": "Inkrafttreten"},
    "made": {"en": "date of the agreement", "de": "Vertragsdatum"},
}
"""What a printed date or time of a contract is called in a calculation."""

CHANGES: Final[dict[str, dict[Language, str]]] = {
    "replaces": {"en": "restates{part}", "de": "fasst{part} neu"},
    "deletes": {"en": "deletes{part}", "de": "streicht{part}"},
    "adds": {"en": "adds{part}", "de": "fügt{part} ein"},
    "amends": {"en": "changes{part}", "de": "ändert{part}"},
    "restates": {"en": "restates the whole agreement", "de": "fasst den ganzen Vertrag neu"},
}
"""What a document does to a part of a contract."""

_UNITS: Final[dict[str, dict[Language, tuple[str, str]]]] = {
    "documents": {"en": ("document", "documents"), "de": ("Dokument", "Dokumenten")},
    "sections": {"en": ("section", "sections"), "de": ("Abschnitt", "Abschnitten")},
    "pages": {"en": ("page", "pages"), "de": ("Seite", "Seiten")},
    "passages": {"en": ("passage", "passages"), "de": ("Stelle", "Stellen")},
    "renewals": {"en": ("renewal", "renewals"), "de": ("Verlängerung", "Verlängerungen")},
    "count": {"en": ("statement", "statements"), "de": ("Aussage", "Aussagen")},
    "labelled": {"en": ("labelled answer", "labelled answers"), "de": ("beurteilten Antwort", "beurteilten Antworten")},
}
BUDGETS: Final[dict[str, dict[Language, str]]] = {
    "steps": {"en": "steps", "de": "Schritte"},
    "tokens": {"en": "tokens", "de": "Token"},
    "seconds": {"en": "time", "de": "Zeit"},
}
EXHAUSTIVE: Final[dict[Language, str]] = {"en": ", every section in scope", "de": ", alle Abschnitte im Umfang"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A notice of an answer with what fills its places."""

    code: str
    parts: Mapping[str, str]


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


def percent(share: float, language: Language) -> str:
    """Write a share (0-1) as a percentage, `2.5 %`."""
    shown = f"{100 * share:.4g} %"
    return shown if language == "en" else shown.replace(".", ",")


def notice(code: str, language: Language, **parts: str) -> str:
    """Write a notice.

    `parts` fill its places: counts, days, titles of the catalog without marks, or the question as it was understood;
    never the text of a document.
    """
    return NOTICES[code][language].format(**parts)
