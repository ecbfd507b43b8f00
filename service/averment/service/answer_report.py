"""Answers as one HTML file that stands alone: sentences by kind, page pictures with the quotation marked, receipts.

Document text is hostile: everything goes through the template's escaping, and the page forbids scripts and
outside sources by its own policy.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.answers import Answer, Citation, Sentence
from averment.core.clock import rfc3339

CONTEXT_CHARS: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is shown for a citation: a page picture, or the text around the quotation."""

    citation: Citation
    image: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What the report says about the run itself."""

    title: str
    model: str
    log_origin: str
    log_size: int
    verification: Sequence[str]
    created: str


PageImage = Callable[[Citation], bytes | None]
TextAround = Callable[[Citation, int], tuple[str, str]]


def render_report(
    answers: Sequence[Answer], facts: ReportFacts, *, page_image: PageImage, text_around: TextAround
) -> str:
    """Write the report.

    Args:
        answers: In the order asked.
        facts: About the run.
        page_image: Returns the PNG of a citation's page with the quotation marked, or None for formats without pages.
        text_around: Returns up to so many characters before and after a citation.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("averment.service", "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["rfc3339"] = rfc3339

    def evidence(sentence: Sentence) -> list[Evidence]:
        claim = sentence.claim
        return [_evidence(item, page_image, text_around) for item in (claim.citations if claim else ())]

    return environment.get_template("answers.html.j2").render(answers=answers, facts=facts, evidence=evidence)


def _evidence(citation: Citation, page_image: PageImage, text_around: TextAround) -> Evidence:
    png = page_image(citation)
    before, after = text_around(citation, CONTEXT_CHARS)
    image = "data:image/png;base64," + base64.b64encode(png).decode("ascii") if png else None
    return Evidence(citation=citation, image=image, before=before, after=after)
