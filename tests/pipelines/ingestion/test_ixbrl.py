"""Facts of inline XBRL."""

import pytest

from averment.pipelines.ingestion.ixbrl import NON_FRACTION, FactTable, read_facts
from averment.pipelines.ingestion.markup_tree import parse_tree

FACTS = FactTable({"c": "as of 2023-06-30"}, {"u": "USD", "p": "pure", "s": "shares", "e": "USD/shares"})


def _fact(attributes: str, text: str) -> tuple[str, str | None, int] | None:
    root = parse_tree(
        f"<html><body><ix:nonFraction contextRef='c' {attributes}>{text}</ix:nonFraction></body></html>".encode()
    )
    fact = FACTS.fact(next(root.iter(NON_FRACTION)))
    return None if fact is None else (fact.value, fact.unit, fact.scale)


@pytest.mark.parametrize(
    ("attributes", "text", "fact"),
    [
        ('unitRef="u" scale="6"', "1,250", ("1250", "USD", 10**6)),
        ('unitRef="u" scale="3" sign="-"', "7", ("-7", "USD", 1000)),
        ('unitRef="u" format="ixt:num-comma-decimal"', "1.250,5", ("1250.5", "USD", 1)),
        ('unitRef="p" scale="-2"', "46.2", ("46.2", "%", 1)),
        ('unitRef="u" scale="-2"', "46.2", ("0.462", "USD", 1)),
        ('unitRef="u" format="ixt:fixed-zero"', "—", ("0", "USD", 1)),
        ('unitRef="e"', "1.20", ("1.20", "USD/shares", 1)),
        ('unitRef="u"', "none", None),
        ('unitRef="u" format="ixt:zerodash"', "-", ("0", "USD", 1)),
        ('unitRef="u" format="ixt:num-dot-decimal-apos"', "1’234.5", ("1234.5", "USD", 1)),
        ('unitRef="u" format="ixt:numspacecomma"', "1 234,5", ("1234.5", "USD", 1)),
        ('unitRef="u" format="ixt:numcommadot"', "1,234.5", ("1234.5", "USD", 1)),
        ('unitRef="u" format="ixt-sec:numwordsen"', "Twenty-two", ("22", "USD", 1)),
        ('unitRef="u" format="ixt-sec:numwordsen"', "no", ("0", "USD", 1)),
        ('unitRef="u" format="ixt-sec:numwordsen"', "several", None),
        ('unitRef="u" xsi:nil="true"', "—", None),
    ],
)
def test_values(attributes: str, text: str, fact: tuple[str, str | None, int] | None) -> None:
    assert _fact(attributes, text) == fact


def test_contexts_and_units() -> None:
    root = parse_tree(
        b"""<html><body><xbrli:context id="a"><xbrli:period><xbrli:instant>2023-06-30</xbrli:instant></xbrli:period>
        </xbrli:context><xbrli:context id="b"><xbrli:period><xbrli:startDate>2022-10-01</xbrli:startDate>
        <xbrli:endDate>2023-06-30</xbrli:endDate></xbrli:period></xbrli:context>
        <xbrli:context id="c"><xbrli:period><xbrli:instant>never</xbrli:instant></xbrli:period></xbrli:context>
        <xbrli:unit id="u"><xbrli:measure>iso4217:EUR</xbrli:measure></xbrli:unit></body></html>"""
    )
    facts = read_facts(root)
    assert facts.periods == {"a": "as of 2023-06-30", "b": "9 months ended 2023-06-30"}
    assert facts.units == {"u": "EUR"}
