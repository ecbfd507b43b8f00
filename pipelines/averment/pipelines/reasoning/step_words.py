"""What the steps of an answer say: a code with counts and codes, and its fixed English wording.

Codes are stable, so that a client or a page shows a step in its own language; no fact holds text of a document or of
a model. A fact that is a code itself is put in by its own words, `NAME.VALUE`, where it has any.
"""

from collections.abc import Mapping
from typing import Final

StepFacts = Mapping[str, str | int]

WORDS: Final[Mapping[str, str]] = {
    "resolved_alone": "Read {turns} earlier questions; this one stands by itself.",
    "resolved": "Understood with {turns} earlier questions; {documents} documents carried over.",
    "planned": "Planned as {kind}: {queries} queries, {documents} documents in scope.",
    "proposed": "The model proposed {queries} usable queries.",
    "searched": "Searched: {passages} passages, {fresh} of them new.",
    "searched_each": "Searched: {passages} passages, {fresh} of them new. Looked at {looked} of {scope} documents.",
    "searched_matching": "Searched: {passages} passages, {fresh} of them new. Looked at {looked} of {scope} documents, "
    "{matched} match.",
    "read": "Read {read} of {found} documents found, {sections} sections; {sentences} sentences stand out.",
    "read_weighed": "Read {read} of {found} documents found, {sections} sections; {sentences} sentences stand out. "
    "A trained verifier weighed {weighed}.",
    "none_fits": "No document meets what is asked of each.",
    "split": "Split into {parts} sub-questions.",
    "parts_asked": "Asked {asked} sub-questions; {held} found something.",
    "parts_listed": "Decided {decided} documents, asked {asked} sub-questions; {held} found something. "
    "{others} others were read to their ends, {unmet} without what is demanded.",
    "nothing_to_compute": "Nothing to compute from.",
    "computed": "Computed from {cells} cells.",
    "computed_dates": "Computed from {operands} dates and periods.",
    "looked_up": "Found among what is known of the contract.",
    "not_known": "Not among what is known of the contract.",
    "not_computed": "Not computed: {reason}.",
    "chosen": "The model chose {chosen} of {offered} labelled sentences.",
    "stated": "The model wrote a statement.",
    "restated": "The model rewrote a statement that failed checks.",
    "not_stated": "The model gave no usable statement.",
    "checked": "{checks} checks on {sentences} sentences; {blocked} sentences blocked.",
    "written": "Wrote sentences: {quotes} quoted, {values} computed, {statements} stated; withheld: {withheld}.",
    "asked_model": "Asked the model.",
    "not_escalated": "Not put to the second model, though {hard}: {reason}.",
    "escalating": "Trying the second model, {place}: {hard}.",
    "escalation_used": "The second model's answer passed the checks and is used.",
    "first_stands": "The first answer stands: {reason}.",
    "first_stands_unsent": "Nothing was sent to the second model. The first answer stands: {reason}.",
    "hard.abstained": "the first model chose nothing",
    "hard.withheld": "the first model's statement failed the checks",
    "hard.schema": "the first model's replies broke their form",
    "place.external": "outside the company",
    "place.in_house": "in-house",
}


def summary_of(code: str, facts: StepFacts) -> str:
    """Say in English what a step did.

    Raises:
        KeyError: There are no words for the code, or a fact is missing.
    """
    return WORDS[code].format(**{name: WORDS.get(f"{name}.{value}", value) for name, value in facts.items()})
