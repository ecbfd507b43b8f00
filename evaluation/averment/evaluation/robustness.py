"""Hostile, broken and odd files through the real parser processes: does each end as it should, within its limits?

The manifest of a pack (`robustness/manifest.jsonl`) says what is right for each file: an outcome, strings that must or
must not come out, seconds and memory. Every file is read in a child process of its own, with the limits of production;
what is inside it (attachments, members of archives) is read too, to a depth, as the ingestion does.

An outcome that the manifest names and this module does not know is an error, never a pass.
"""

import json
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from averment.core.documents import ParsedDocument
from averment.core.errors import (
    ConfigurationError,
    DocumentEncrypted,
    DocumentError,
    DocumentLimitExceeded,
    PartitionFailed,
)
from averment.core.ids import content_hash
from averment.pipelines.ingestion.confinement import probe
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_worker import PartitionPool

MANIFEST: Final = "robustness/manifest.jsonl"
# A parser's child that ends in one of these ways was taken down by the file: a crash, not a refusal.
_CRASHES: Final = ("the parser failed with", "the parser process")
_NOTHING_READ: Final = ("no text found", "empty file")
_NO_TEXT_WARNINGS: Final = frozenset({"mail_without_body", "pages_without_text", "pages_with_unread_pictures"})
_MAX_DEPTH: Final = 8
_BYTES_PER_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustnessCase:
    """A line of the manifest; `expect` is as written there."""

    id: str
    path: Path
    kind: str
    expect: Mapping[str, Any]

    @property
    def outcome(self) -> str:
        """Return the name of the outcome that is right."""
        return str(self.expect["outcome"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a file ended: its text and that of what is inside it, or the error, and what it cost.

    `escaped` names places outside that were written to; `has_network` is true unless the kernel was seen to refuse
    connections to a parser process.
    """

    text: str = ""
    inner_text: str = ""
    error: DocumentError | None = None
    inner_errors: tuple[DocumentError, ...] = ()
    warnings: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mb: float | None = None
    opens_with_password: bool | None = None
    escaped: tuple[str, ...] = ()
    has_network: bool = True
    is_duplicate: bool = False

    @property
    def whole_text(self) -> str:
        """Return the text of the file and of everything inside it."""
        return self.text + "\n" + self.inner_text

    @property
    def is_crash(self) -> bool:
        """Tell whether the parser failed rather than refused."""
        return any(
            isinstance(error, PartitionFailed) and error.message.startswith(_CRASHES)
            for error in (self.error, *self.inner_errors)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustnessRow:
    """A line of the table. `got` and `reason` name no content of the file."""

    id: str
    file: str
    kind: str
    expected: str
    got: str
    seconds: float
    peak_mb: float | None
    passed: bool
    reason: str


def read_manifest(pack: Path) -> list[RobustnessCase]:
    """Read the manifest of a pack.

    Raises:
        ConfigurationError: There is none, or a line of it lacks a field or names an unknown outcome.
    """
    path = pack / MANIFEST
    if not path.is_file():
        raise ConfigurationError(f"{str(path)!r} is no manifest", hint="name the folder of a pack with --pack")
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            case = RobustnessCase(id=row["id"], path=pack / row["file"], kind=row["kind"], expect=row["expect"])
            is_known = case.outcome in _JUDGES
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ConfigurationError(f"{path} line {number} is not of the schema ({error})") from error
        if not is_known:
            raise ConfigurationError(
                f"{path} line {number} expects {case.outcome!r}; known are {', '.join(sorted(_JUDGES))}"
            )
        cases.append(case)
    return cases


def run_robustness(
    pack: Path,
    *,
    limits: ParseLimits | None = None,
    options: ParseOptions | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[RobustnessRow]:
    """Read every file of a pack's manifest and judge how it ended, in the order of the manifest."""
    cases = read_manifest(pack)
    has_network = "network" not in probe()
    rows = []
    for number, case in enumerate(cases, start=1):
        ending = _read(case, limits or ParseLimits(), options or ParseOptions())
        rows.append(judge(case, replace(ending, has_network=has_network)))
        if on_progress:
            on_progress(number, len(cases))
    return rows


def to_result(rows: Sequence[RobustnessRow]) -> dict[str, object]:
    """Return the rows and their sum as one JSON object."""
    return {
        "files": len(rows),
        "passed": sum(row.passed for row in rows),
        "seconds": round(sum(row.seconds for row in rows), 3),
        "rows": [
            {
                "id": row.id,
                "file": row.file,
                "kind": row.kind,
                "expected": row.expected,
                "got": row.got,
                "seconds": round(row.seconds, 3),
                "peak_mb": None if row.peak_mb is None else round(row.peak_mb, 1),
                "passed": row.passed,
                "reason": row.reason,
            }
            for row in rows
        ],
    }


def judge(case: RobustnessCase, ending: Ending) -> RobustnessRow:
    """Compare an ending with what the manifest says."""
    reasons = [*_limit_reasons(case.expect, ending), *_JUDGES[case.outcome](case.expect, ending)]
    if ending.is_crash:
        reasons.append("the parser crashed")
    return RobustnessRow(
        id=case.id,
        file=case.path.name,
        kind=case.kind,
        expected=case.outcome,
        got=_describe(ending),
        seconds=ending.seconds,
        peak_mb=ending.peak_mb,
        passed=not reasons,
        reason="; ".join(reasons),
    )


def _describe(ending: Ending) -> str:
    if ending.error is not None:
        return f"{ending.error.code} {type(ending.error).__name__}"
    parts = [f"{sum(map(str.isalnum, ending.text))} letters and digits"]
    if ending.inner_text or ending.inner_errors:
        parts.append(f"{sum(map(str.isalnum, ending.inner_text))} inside, {len(ending.inner_errors)} refused inside")
    parts.extend(f"{code} {count}" for code, count in sorted(ending.warnings.items()))
    return ", ".join(parts)


def _limit_reasons(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if ending.seconds > float(expect.get("max_seconds", float("inf"))):
        yield f"took {ending.seconds:.1f} s, allowed are {expect['max_seconds']}"
    most = expect.get("max_rss_mb")
    if most is not None and ending.peak_mb is None:
        yield "memory is not known here"
    elif most is not None and ending.peak_mb is not None and ending.peak_mb > float(most):
        yield f"took {ending.peak_mb:.0f} MB, allowed are {most}"


def _judge_strings(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    text = ending.whole_text
    yield from (f"lacks {wanted!r}" for wanted in expect.get("must_contain", ()) if wanted not in text)
    yield from (f"holds {unwanted!r}" for unwanted in expect.get("must_not_contain", ()) if unwanted in text)


def _judge_text(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if ending.error is not None:
        yield f"refused: {ending.error.message}"
    elif not ending.whole_text.strip():
        yield "no text came out"
    else:
        yield from _judge_strings(expect, ending)


def _judge_text_or_reject(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if ending.error is None:
        yield from _judge_text(expect, ending)


def _judge_reject(_: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if ending.error is None:
        yield "was not refused"


def _judge_password(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if not isinstance(ending.error, DocumentEncrypted):
        yield "was not refused as encrypted"
    if "password" in expect and not ending.opens_with_password:
        yield "does not open with its password"


def _judge_empty(_: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if ending.error is not None:
        if not isinstance(ending.error, DocumentLimitExceeded) and not ending.error.message.startswith(_NOTHING_READ):
            yield f"refused for another reason than being empty: {ending.error.message}"
    elif not _NO_TEXT_WARNINGS & ending.warnings.keys():
        yield "an empty result is not reported as empty"


def _judge_ocr(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    is_flagged = ending.error is not None or bool(_NO_TEXT_WARNINGS & ending.warnings.keys())
    lacking = [wanted for wanted in expect.get("ocr_contains", ()) if wanted not in ending.whole_text]
    if not is_flagged and (lacking or not ending.text.strip()):
        yield f"neither read ({', '.join(map(repr, lacking)) or 'no text'} lacking) nor flagged"


def _judge_leak(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    secret = Path(expect["must_not_contain_file"]).read_text(encoding="utf-8", errors="replace").strip()
    if secret and secret in ending.whole_text:
        yield "holds the content of a local file"


def _judge_network(_: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if ending.has_network:
        yield "nothing keeps a parser process from the network here"


def _judge_escape(expect: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    yield from (f"wrote {place}" for place in ending.escaped)
    yield from _judge_text(expect, ending)


def _judge_duplicate(_: Mapping[str, Any], ending: Ending) -> Iterator[str]:
    if not ending.is_duplicate:
        yield "was not recognised as the same content"


_JUDGES: Final[Mapping[str, Callable[[Mapping[str, Any], Ending], Iterator[str]]]] = {
    "text": _judge_text,
    "text_or_reject": _judge_text_or_reject,
    "reject": _judge_reject,
    "password": _judge_password,
    "empty_ok": _judge_empty,
    "ocr_or_flag": _judge_ocr,
    "no_leak": _judge_leak,
    "no_network": _judge_network,
    "no_escape": _judge_escape,
    "duplicate": _judge_duplicate,
}


def _read(case: RobustnessCase, limits: ParseLimits, options: ParseOptions) -> Ending:
    content = case.path.read_bytes()
    places = _places_outside(content)
    begin = time.time()
    with PartitionPool(limits=limits, options=options) as pool:
        measured = pool.measure(content, name=case.path.name)
        texts: list[str] = []
        errors: list[DocumentError] = []
        if isinstance(measured.result, ParsedDocument):
            _read_inner(pool, measured.result, texts, errors)
    result = measured.result
    return Ending(
        text=result.text if isinstance(result, ParsedDocument) else "",
        inner_text="\n".join(texts),
        error=result if isinstance(result, DocumentError) else None,
        inner_errors=tuple(errors),
        warnings=result.warnings if isinstance(result, ParsedDocument) else {},
        seconds=measured.seconds,
        peak_mb=None if measured.peak_bytes is None else measured.peak_bytes / _BYTES_PER_MB,
        opens_with_password=_opens(case, content, limits),
        escaped=tuple(str(place) for place in places if place.exists() and place.stat().st_mtime >= begin - 1),
        is_duplicate=_is_same(case, content),
    )


def _read_inner(
    pool: PartitionPool, parsed: ParsedDocument, texts: list[str], errors: list[DocumentError], depth: int = 1
) -> None:
    for attachment in parsed.attachments:
        if depth > _MAX_DEPTH:
            errors.append(DocumentLimitExceeded(f"files lie inside files more than {_MAX_DEPTH} levels deep"))
            return
        try:
            inner = pool.submit(attachment.content, name=attachment.name, media_type=attachment.media_type).result()
        except DocumentError as error:
            errors.append(error)
            continue
        texts.append(inner.text)
        _read_inner(pool, inner, texts, errors, depth + 1)


def _opens(case: RobustnessCase, content: bytes, limits: ParseLimits) -> bool | None:
    password = case.expect.get("password")
    if password is None:
        return None
    with PartitionPool(limits=limits, options=ParseOptions(password=password)) as pool:
        try:
            return bool(pool.submit(content, name=case.path.name).result().text.strip())
        except DocumentError:
            return False


def _is_same(case: RobustnessCase, content: bytes) -> bool:
    other = case.expect.get("same_as")
    return other is not None and content_hash(case.path.with_name(other).read_bytes()) == content_hash(content)


def _places_outside(content: bytes) -> list[Path]:
    """Return where the members of an archive would land if their names were followed."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return []
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if ".." in name or name.startswith(("/", "\\"))]
    return [(base / name).resolve() for name in names for base in (Path.cwd(), Path(tempfile.gettempdir()))]
