"""German writes every noun with a capital, so in German questions a capital alone is no sign of a name.

What ends as nouns of contracts and reports do, or is one of their common short ones, is no name; what ends as titles of
contracts do (`Mietvertrag`) may tell one document of a company from another and no more. The lists are general legal
and accounting vocabulary.
"""

import re
from typing import Final, Literal

from averment.pipelines.reasoning.notices import is_without_small_words, language_of

Noun = Literal["common", "title"]

_TITLE: Final = re.compile(r"\w{3,}(?:vertrag(?:e?s)?|vereinbarung|abkommens?|bericht(?:e?s)?)", re.I)
_ENDINGS_TEXT: Final = """
ung ungen heit heiten keit keiten schaft schaften tion tionen sion sionen tät täten ismus
nisse nissen frist fristen pflicht pflichten recht rechte rechten rechts dauer betrag beträge beträgen verbot verbote
klausel klauseln vertrag verträge verträgen vertrags summe summen grenze grenzen kosten gebühr gebühren preis preise
preises zeit zeiten zeitraum zeitraums tag tage tagen jahr jahre jahren jahres monat monate monaten quartal quartals ort
orte stand standes geber gebers nehmer nehmers partei parteien wert werte gewinn gewinne verlust verluste umsatz umsätze
ertrag erträge erlös erlöse schutz anspruch ansprüche ansprüchen grund gründe gründen fall fälle fällen teil teile rate
raten satz sätze zins zinsen miete mieten mieter mieters lieferant lieferanten kunde kunden käufer verkäufer anteil
anteile abnahme übergabe rückgabe ausgabe einnahme maßnahme nachweis beginn ende endes abschluss ablauf eintritt gewalt
"""
_WORDS_TEXT: Final = """
artikel abschnitt ziffer absatz anlage anhang seite text wort wörter begriff dokument dokumente dokumenten unterlagen
bericht berichte berichten abkommen firma unternehmen konzern gericht gerichte streit konkurrenz insolvenz ergebnis
haftung höhe zahl name namen daten steuer steuern euro dollar prozent million millionen milliarde milliarden bilanz
kredit darlehen schaden schäden lizenz patent marke marken software produkt produkte ware waren dienst dienste dritte
dritten dritter mitarbeiter geschäftsjahr personen person sache sachen form regel regeln frage fragen antwort sitz
"""
_COMMON: Final = re.compile(
    rf"(?:\w*(?:{'|'.join(sorted(_ENDINGS_TEXT.split(), key=len, reverse=True))})|{'|'.join(_WORDS_TEXT.split())})",
    re.I,
)


_GERMAN: Final = re.compile(
    r"[äöüß]|\b\w+(?:ung|ungen|heit|keit|schaft|frist|recht|vertrag|klausel|verbot|stand|pflicht|strafe|grenze)\b", re.I
)


def is_german(text: str) -> bool:
    """Say whether a question is German: by its small words, or, where it has none, by how its nouns are built.

    Example:
        >>> [is_german(text) for text in ("Gerichtsstand", "Which law governs?", "Wer haftet?")]
        [True, False, True]
    """
    return language_of(text) == "de" or (is_without_small_words(text) and _GERMAN.search(text) is not None)


def noun_kind(word: str) -> Noun | None:
    """Say whether a German word is a common noun or belongs to titles; None for what may be a name.

    Example:
        >>> [noun_kind(word) for word in ("Kündigungsfrist", "Mietvertrag", "Halden")]
        ['common', 'title', None]
    """
    if _TITLE.fullmatch(word):
        return "title"
    return "common" if _COMMON.fullmatch(word) else None
