"""Results of evaluations as documents state them: what was measured, when, on what, the figures, and who signed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from averment.compliance.documents.approvals import SUFFIX, Approval, Signer, verify
from averment.compliance.documents.facts import EvaluationFacts
from averment.compliance.documents.filled import FileEvidence
from averment.core.errors import AuditIntegrityError, ConfigurationError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json

MAX_FIGURES: Final = 60
_SYSTEM: Final = "averment"
_NO_FIGURES: Final = frozenset({"rows", "alignment", "corpus", "query_ms", "texts_digest"})

_Object = Mapping[str, object]


def read_evaluation(path: Path, file: FileEvidence, *, signers: Sequence[Signer]) -> EvaluationFacts:
    """Read what a `result.json` says, and who signed it.

    Args:
        path: The file; a signature lies beside it (`result.json.dsse`).
        file: What cites it.
        signers: Whose signatures count.

    Raises:
        ConfigurationError: It is no result of an evaluation.
    """
    try:
        content = path.read_bytes()
        found = json.loads(content)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the evaluation {str(path)!r} cannot be read: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("kind"), str):
        raise ConfigurationError(
            f"{str(path)!r} is no result of an evaluation", hint="averment eval … --out DIR writes DIR/result.json"
        )
    benchmarks = found.get("benchmarks")
    figures = list(_figures(benchmarks if isinstance(benchmarks, dict) else {_SYSTEM: found}))
    digests = dict(_digests(benchmarks)) if isinstance(benchmarks, dict) else {}
    approval, problem = _approval(path, content, signers)
    return EvaluationFacts(
        file=file,
        kind=found["kind"],
        created=str(found.get("created_at", "")),
        data=sha256_id(canonical_json(digests)) if digests else "",
        figures=tuple(figures[:MAX_FIGURES]),
        signed_by=f"{approval.name}, {approval.function}" if approval else "",
        signed_on=approval.signed_on.isoformat() if approval else "",
        signature_problem=problem,
    )


def _approval(path: Path, content: bytes, signers: Sequence[Signer]) -> tuple[Approval | None, str]:
    """Return who signed, or why the signature beside the file does not count; neither where there is none."""
    beside = path.with_name(path.name + SUFFIX)
    if not beside.is_file():
        return None, ""
    try:
        return verify(beside.read_bytes(), content, signers=signers), ""
    except AuditIntegrityError as error:
        return None, error.message


def _figures(runs: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Yield (of what, figure, value) of the system's own results, whatever else was measured beside it."""
    for name, run in runs.items():
        if not isinstance(run, dict):
            continue
        systems = run.get("systems")
        own = systems.get(_SYSTEM) if isinstance(systems, dict) else run
        if isinstance(own, dict):
            for figure, value in _numbers(cast("_Object", own), ""):
                yield name, figure, value


def _numbers(part: _Object, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        if name in _NO_FIGURES:
            continue
        if isinstance(value, dict):
            yield from _numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{name}", f"{value:.4g}" if isinstance(value, float) else str(value)


def _digests(runs: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, run in runs.items():
        if isinstance(run, dict):
            yield from ((f"{name}.{key}", str(value)) for key, value in run.items() if key.endswith("_digest"))
