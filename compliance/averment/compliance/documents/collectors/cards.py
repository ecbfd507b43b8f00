"""Data cards and model cards: data sets and models by digest, figures, and how much was trained here."""

from averment.compliance.documents.collectors import evaluations, shared
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet


def collect_data(sources: Sources, sheet: Sheet) -> None:
    """List the data sets that models were trained on and measured with."""
    shared.training_data(sources, sheet, field="10.data")
    evaluations.evaluation_data(sources, sheet, field="10.data")


def collect_models(sources: Sources, sheet: Sheet) -> None:
    """Describe the models."""
    shared.language_model(sources, sheet, field="card.model")
    shared.components(sources, sheet, field="card.components")
    shared.trained_models(sources, sheet, field="card.components")
    evaluations.accuracy(sources, sheet, field="card.figures")
    shared.training_time(sources, sheet, field="card.compute")
    sheet.say("card.compute", "supplier_compute", on=[sources.facts_file])
