"""Annex XII: what the supplier of the language model gave, by the model's profile; never blank."""

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.kinds import field_ids
from averment.compliance.documents.sheet import Sheet


def collect(sources: Sources, sheet: Sheet) -> None:
    """Say of each of the eleven facts whether it was supplied, derived from published files, or not supplied."""
    model = sources.facts.model
    for field in field_ids("annex-xii"):
        fact = None if model is None else model.annex_xii.get(field.removeprefix("XII.").replace(".", ""))
        if model is None or fact is None or fact.status == "not_supplied":
            sheet.lacks(field, "fact_not_supplied", model="–" if model is None else model.title)
        else:
            key = "fact_supplied" if fact.status == "supplied" else "fact_derived"
            sheet.say(field, key, on=[sources.facts_file], model=model.title, text=fact.text)
