"""Which function says what the system knows for which kind of document; a kind without one is filled by people."""

from collections.abc import Mapping
from typing import Final

from averment.compliance.documents.collectors import (
    annex_iv,
    annex_xii,
    audit_report,
    cards,
    declarations,
    explanation,
    fria,
    incident,
    instructions,
    monitoring,
    oversight,
    processing,
)
from averment.compliance.documents.collectors.sources import Collector, Sources
from averment.compliance.documents.sheet import Sheet

_COLLECTORS: Final[Mapping[str, Collector]] = {
    "annex-iv": annex_iv.collect,
    "annex-v": declarations.collect_annex_v,
    "annex-viii-a": declarations.collect_section_a,
    "annex-viii-b": declarations.collect_section_b,
    "annex-xii": annex_xii.collect,
    "article-6-4": declarations.collect_article_6_4,
    "audit": audit_report.collect,
    "data-cards": cards.collect_data,
    "explanation": explanation.collect,
    "fria": fria.collect,
    "gdpr-30": processing.collect_gdpr_30,
    "incident": incident.collect,
    "instructions": instructions.collect,
    "literacy": processing.collect_literacy,
    "model-cards": cards.collect_models,
    "monitoring-plan": monitoring.collect_plan,
    "monitoring-report": monitoring.collect_report,
    "oversight": oversight.collect,
    "risk-register": monitoring.collect_register,
}


def collector_of(code: str) -> Collector:
    """Return the collector of a kind."""
    return _COLLECTORS.get(code, _nothing)


def _nothing(sources: Sources, sheet: Sheet) -> None:
    del sources, sheet
