"""One hierarchy of errors: stable code, whether trying again can help, a hint, and details without content.

The table from class to HTTP status stands in `averment.service.errors`, the one to exit codes in `EXIT_CODES` here.
"""

from collections.abc import Mapping
from typing import ClassVar, Final


class AvermentError(Exception):
    """What every error of Averment is.

    Args:
        message: What failed, with which value, what was expected, and what to do next.
        hint: The command or setting that mends it.
        details: Ids, counts and sizes; never document or question text.

    `retryable` errors may pass by themselves. A reviewer may let a document into the index in spite of a `releasable`
    one: its text is there, and what is doubtful is how good it is.
    """

    code: ClassVar[str] = "AVM000"
    retryable: ClassVar[bool] = False
    releasable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str | None = None, details: Mapping[str, str | int] | None = None):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: dict[str, str | int] = dict(details or {})

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint, self.details))


def _rebuild(
    cls: type[AvermentError], message: str, hint: str | None, details: Mapping[str, str | int]
) -> AvermentError:
    return cls(message, hint=hint, details=details)


class ConfigurationError(AvermentError):
    """A setting is missing, unknown or unusable."""

    code = "CFG001"


class UsageError(AvermentError):
    """A request is malformed: an unknown filter key, an empty question, a bad argument."""

    code = "CFG002"


class RecordNotFound(UsageError):
    """There is no such record, or it is not for whoever asks."""

    code = "CFG003"


class SourceError(AvermentError):
    """A source of documents failed."""

    code = "SRC001"


class SourceUnavailable(SourceError):
    """The source cannot be reached or does not exist."""

    code = "SRC002"
    retryable = True


class SourceAuthError(SourceError):
    """The source refused the credentials."""

    code = "SRC003"


class SourceChanged(SourceError):
    """An item changed between listing and reading."""

    code = "SRC004"
    retryable = True


class SourceItemTooLarge(SourceError):
    """An item is larger than the limit set for it."""

    code = "SRC005"


class DocumentError(AvermentError):
    """One document cannot be read; the rest of the batch goes on."""

    code = "DOC001"


class UnsupportedMediaType(DocumentError):
    """No parser is known for this kind of file."""

    code = "DOC002"


class DocumentEncrypted(DocumentError):
    """The document needs a password."""

    code = "DOC003"


class DocumentCorrupt(DocumentError):
    """The bytes are not a whole file of their kind."""

    code = "DOC004"


class PartitionFailed(DocumentError):
    """The parser failed or found nothing; `details['page']` names the page where known."""

    code = "DOC005"


class DocumentLimitExceeded(DocumentError):
    """Reading the document would take more time, memory, pages or expansion than allowed."""

    code = "DOC006"


class DocumentIncomplete(DocumentError):
    """The text of the document falls short of its second reading; `details['page']` names the first such page."""

    code = "DOC008"
    releasable = True


class DocumentWithheld(DocumentError):
    """This content was erased at somebody's request, and its source still holds it."""

    code = "DOC010"


class DocumentHoldsPersonalData(DocumentError):
    """Personal data was found in the document and `parsing.personal_data` quarantines such documents."""

    code = "DOC011"
    releasable = True


class DocumentNotFound(DocumentError):
    """No readable document matches the reference, or more than one does."""

    code = "DOC007"


class IndexStoreError(AvermentError):
    """The search index failed."""

    code = "IDX001"


class IndexUnavailable(IndexStoreError):
    """The search index cannot be reached."""

    code = "IDX002"
    retryable = True


class IndexSchemaMismatch(IndexStoreError):
    """The index was built with another embedder, dimension or format."""

    code = "IDX003"


class IndexVersionNotFound(IndexStoreError):
    """The index version asked for does not exist."""

    code = "IDX004"


class ModelError(AvermentError):
    """A model failed."""

    code = "MDL001"


class ModelUnavailable(ModelError):
    """A model cannot be reached or its files are missing."""

    code = "MDL002"
    retryable = True


class ModelOverloaded(ModelError):
    """The model server refused for load; `details['retry_after_s']` where it said when."""

    code = "MDL003"
    retryable = True


class ModelOutputInvalid(ModelError):
    """The model's output does not follow the schema asked for."""

    code = "MDL004"


class ContextTooLong(ModelError):
    """The request does not fit the model's context; details hold `limit` and `got` in tokens."""

    code = "MDL005"


class ModelCancelled(ModelError):
    """The caller cancelled the request; nothing is wrong with the model."""

    code = "MDL006"


class PolicyError(AvermentError):
    """A policy forbids the request."""

    code = "POL001"


class AccessDenied(PolicyError):
    """The principal may not do this."""

    code = "POL002"


class QuotaExceeded(PolicyError):
    """A rate or budget is spent."""

    code = "POL003"
    retryable = True


class PurposeNotUsable(PolicyError):
    """The purpose is unknown, retired, prohibited, or not assessed where it must be."""

    code = "POL004"


class AnalysisStopped(PolicyError):
    """People stopped or suspended the answering of questions; `details['reason']` is their code."""

    code = "POL005"


class ChangeBlocked(PolicyError):
    """The system was changed while an incident is open of which the authorities are not informed."""

    code = "POL006"


class NotSignedIn(PolicyError):
    """Nobody is signed in, or what they present is no longer, or was never, good for it."""

    code = "POL007"


class UnderHold(PolicyError):
    """A legal hold or a recorded ground forbids erasing or removing something; `details['hold']` names the hold."""

    code = "POL010"


class AuditError(AvermentError):
    """The evidence log failed."""

    code = "AUD001"


class AuditWriteFailed(AuditError):
    """An event could not be made durable; the answer is withheld."""

    code = "AUD002"
    retryable = True


class AuditIntegrityError(AuditError):
    """The log does not verify; the message names the first bad place."""

    code = "AUD003"


class StoreError(AvermentError):
    """A local store (catalog, blobs, data directory) is unusable."""

    code = "STO001"


class StoreFormatError(StoreError):
    """The data directory was written by a newer or unknown version."""

    code = "STO002"


class StoreBusy(StoreError):
    """Another process owns the embedded stores and cannot be reached."""

    code = "STO003"
    retryable = True


class OwnerGone(StoreBusy):
    """The owner of the embedded stores ended; `details['sent']` is 1 where it may have carried the request out."""

    code = "STO004"


class AnalysisInterrupted(AvermentError):
    """The service ended before the analysis did."""

    code = "SVC001"
    retryable = True


class IssuerUnavailable(AvermentError):
    """The issuer that people sign in with cannot be reached, or answers with what cannot be used."""

    code = "SGN001"
    retryable = True


class PipelineDefinitionError(AvermentError):
    """A pipeline definition is not allowed, drifted, or names an unknown component."""

    code = "PIP001"


EXIT_USAGE: Final = 2
EXIT_UNAVAILABLE: Final = 3
EXIT_VERIFICATION_FAILED: Final = 4
EXIT_OTHER: Final = 1

EXIT_CODES: Final[Mapping[type[AvermentError], int]] = {
    ConfigurationError: EXIT_USAGE,
    UsageError: EXIT_USAGE,
    PurposeNotUsable: EXIT_USAGE,
    SourceUnavailable: EXIT_UNAVAILABLE,
    IndexUnavailable: EXIT_UNAVAILABLE,
    ModelUnavailable: EXIT_UNAVAILABLE,
    ModelOverloaded: EXIT_UNAVAILABLE,
    StoreBusy: EXIT_UNAVAILABLE,
    AnalysisStopped: EXIT_UNAVAILABLE,
    ChangeBlocked: EXIT_UNAVAILABLE,
    AuditWriteFailed: EXIT_UNAVAILABLE,
    AnalysisInterrupted: EXIT_UNAVAILABLE,
    IssuerUnavailable: EXIT_UNAVAILABLE,
    AuditIntegrityError: EXIT_VERIFICATION_FAILED,
    AvermentError: EXIT_OTHER,
}


def exit_code(error: AvermentError) -> int:
    """Return the exit code of the most specific class the table knows."""
    return next(EXIT_CODES[cls] for cls in type(error).__mro__ if cls in EXIT_CODES)


def problem(error: AvermentError, *, trace_id: str | None = None, status: int | None = None) -> dict[str, object]:
    """Write an error as a problem document (RFC 9457) with our extension members."""
    body: dict[str, object] = {
        "type": "about:blank",
        "code": error.code,
        "title": (type(error).__doc__ or type(error).__name__).strip().splitlines()[0],
        "detail": error.message,
        "hint": error.hint,
        "retryable": error.retryable,
        "trace_id": trace_id,
    }
    if status is not None:
        body["status"] = status
    return body
