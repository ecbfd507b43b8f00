"""Annex V, Annex VIII and Article 6(4): the few facts that a machine may put into what a person declares."""

from averment.compliance.documents.collectors import shared
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet
from averment.compliance.documents.standards import standards_evidence


def collect_annex_v(sources: Sources, sheet: Sheet) -> None:
    """Name the system, and say where standards stand."""
    shared.version(sources, sheet, field="1")
    sheet.say("6", "standards_cited" if sources.standards.cited else "second_branch", on=[standards_evidence()])


def collect_section_a(sources: Sources, sheet: Sheet) -> None:
    """Name the system, and describe its inputs and logic."""
    shared.version(sources, sheet, field="A.4")
    shared.input_data(sources, sheet, field="A.6")
    sheet.say("A.6", "general_logic", on=[sources.facts_file])


def collect_section_b(sources: Sources, sheet: Sheet) -> None:
    """Name the system."""
    shared.version(sources, sheet, field="B.4")


def collect_article_6_4(sources: Sources, sheet: Sheet) -> None:
    """Show the purposes, and since when the system is used: an assessment must be older."""
    shared.purposes(sources, sheet, field="6.2")
    shared.version(sources, sheet, field="6.4.date")
