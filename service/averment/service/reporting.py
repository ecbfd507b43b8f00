"""Makes documents for officers and authorities on an open installation: what `averment report` and the page both use.

A document is made, masked, marked where words in it were generated, logged as an export, and filed, in this order; only
then it leaves. There is no other way out of here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from averment.compliance.documents import report
from averment.compliance.documents.filled import FilledDocument, Language
from averment.compliance.documents.kinds import kind_of, kinds
from averment.compliance.documents.masking import mask_document
from averment.compliance.documents.rendering.render import render
from averment.compliance.explanation import Explanation, QuestionLevel
from averment.compliance.overseer import Oversight
from averment.compliance.pii.detector import PersonalDataFinder
from averment.compliance.pii.kinds import Level
from averment.compliance.pii.masking import Masker
from averment.core.desk import Exported
from averment.core.settings_file import LoadedSettings
from averment.service.record import Record
from averment.service.system_facts import gather_facts, installation_of

EXPLAINS: Final = "explanation"
Form = Literal["html", "pdf", "docx", "json"]
MEDIA_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which document: see `averment.compliance.documents.report.ReportRequest`.

    `mask` is what personal data is taken out of people's words and quoted ones; `with_texts` quotes question and answer
    in an explanation.
    """

    kind: str
    form: Form = "html"
    language: Language = "en"
    about: str = ""
    as_of: str | None = None
    mask: Level = Level.NONE
    with_texts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """A kind of document; `exported_at` is the size of the log when it was exported last, None for never."""

    kind: str
    title: str
    article: str
    about: str
    fields: int
    languages: tuple[Language, ...]
    exported_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document and the file that leaves."""

    document: FilledDocument
    file: Exported


class ReportDesk:
    """Makes the documents of one installation.

    Args:
        record: The log.
        oversight: Explains answers.
        root: The folder of the settings file.
        commands: The commands of the command line.
    """

    def __init__(self, record: Record, *, oversight: Oversight, root: Path, commands: Sequence[str]):
        self._record = record
        self._oversight = oversight
        self._loaded = LoadedSettings(settings=record.settings, origins={}, path=None, root=root)
        self._commands = commands

    def kinds(self, language: Language = "en") -> list[KindRow]:
        """List the kinds of documents, in a language where they have it."""
        return kind_rows(installation_of(self._loaded).folder, language)

    def make(self, order: Order, *, subject: str) -> Made:
        """Make a document; the export is logged before it is returned.

        Raises:
            UsageError: There is no such kind, it lacks the language, or needs to be told what it is about.
            ConfigurationError: The people's part breaks a rule.
            StoreBusy: Another process owns the log.
            AuditWriteFailed: The export could not be logged.
        """
        kind, log = kind_of(order.kind), self._record.own_log()
        masker = _masker(order.mask, order.language)
        explained = self._explained(order, masker, subject=subject) if order.kind == EXPLAINS else None
        request = report.ReportRequest(
            kind=kind, language=order.language, subject=order.about, as_of=order.as_of, explanation=explained
        )
        if order.as_of is None:
            log.seal(keep=True)
        installation = installation_of(self._loaded)
        facts = gather_facts(self._loaded, commands=self._commands)
        document = mask_document(report.make_document(request, installation, facts=facts), masker)
        content = self._record.release_file(render(document, order.form), report.release_of(document, subject=subject))
        log.seal(keep=True)
        report.file_document(document, installation.folder)
        name = f"{order.kind}{f'-{order.about}' if order.about else ''}.{order.form}"
        return Made(
            document=document, file=Exported(content=content, media_type=MEDIA_TYPES[order.form], file_name=name)
        )

    def _explained(self, order: Order, masker: Masker, *, subject: str) -> Explanation:
        level: QuestionLevel = (
            "withheld" if not order.with_texts else "full" if masker.level is Level.NONE else "masked"
        )
        return self._oversight.explain(
            order.about,
            subject=subject,
            question=level,
            mask=lambda text: masker.mask(text).text,
            until=order.as_of or "",
        )


def kind_rows(folder: Path, language: Language = "en") -> list[KindRow]:
    """List the kinds of documents, in a language where they have it.

    Args:
        folder: The folder `compliance/` of the data directory.
        language: Of titles and articles.
    """
    filed = report.newest_filed(folder)
    return [
        KindRow(
            kind=kind.code,
            title=kind.heading(language),
            article=kind.source(language),
            about=kind.about,
            fields=len(kind.fields),
            languages=kind.languages,
            exported_at=filed[kind.code].size if kind.code in filed else None,
        )
        for kind in kinds().values()
    ]


def _masker(level: Level, language: Language) -> Masker:
    if level is Level.NONE:
        return Masker(lambda _: (), level=level)
    finder = PersonalDataFinder()
    return Masker(lambda text: finder.find(text, language), level=level)
