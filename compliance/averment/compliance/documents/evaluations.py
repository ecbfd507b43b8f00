"""Results of evaluations as documents state them: what was measured, when, on what, the figures, and who signed."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from averment.compliance.documents.approvals import SUFFIX, Approval, Signer, verify
from averment.compliance.documents.facts import EvaluationFacts
from averment.compliance.documents.filled import FileEvidence
from averment.core.audit import EventValue
from averment.core.errors import AuditIntegrityError, ConfigurationError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json

MAX_FIGURES: Final = 60
MAX_LOGGED_FIGURES: Final = 256
_CODE_CHARS: Final = 100
_NO_CODE: Final = re.compile(r"[^A-Za-z0-9._:+-]")
_ROLES: Final = ("embedder", "reranker", "verifier", "model")
_NAMING: Final = ("id", "revision", "profile_digest")
_SYSTEM: Final = "averment"
_NO_FIGURES: Final = frozenset({"rows", "alignment", "corpus", "query_ms", "texts_digest", "seed", "schema_version"})

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
    content, found = _result(path)
    if not isinstance(found.get("kind"), str):
        raise _no_result(path)
    figures = [(name, figure, _rounded(value)) for name, figure, value in _figures(found)]
    approval, problem = _approval(path, content, signers)
    return EvaluationFacts(
        file=file,
        kind=str(found["kind"]),
        created=str(found.get("created_at", "")),
        data=_data(found) or "",
        figures=tuple(figures[:MAX_FIGURES]),
        signed_by=f"{approval.name}, {approval.function}" if approval else "",
        signed_on=approval.signed_on.isoformat() if approval else "",
        signature_problem=problem,
    )


def run_facts(path: Path, *, evaluation: str, started_at: str, data: str | None) -> Mapping[str, EventValue]:
    """Return what the log states of an evaluation that was run (`eval.run`).

    Args:
        path: Its `result.json`.
        evaluation: What was measured, a code.
        started_at: When it began (RFC 3339).
        data: Digest of what was measured on, where the result does not say.

    Raises:
        ConfigurationError: The file is no result.
    """
    content, found = _result(path)
    figures = list(_figures(found))
    return {
        "evaluation": evaluation,
        "result": sha256_id(content),
        "started_at": started_at,
        "data": _data(found) or data,
        "seed": _seed(found),
        "models": [{"role": role, "model": name} for role, name in _models(found)],
        "figures": [
            {"figure": figure_code(name, figure), "value": f"{value:.12g}"}
            for name, figure, value in figures[:MAX_LOGGED_FIGURES]
        ],
        "n_figures": len(figures),
    }


def figure_code(name: str, figure: str) -> str:
    """Return what thresholds and the log call a figure: of what it is, and its name; at most 100 characters."""
    return _NO_CODE.sub("-", f"{name}.{figure}")[:_CODE_CHARS]


def _result(path: Path) -> tuple[bytes, _Object]:
    try:
        content = path.read_bytes()
        found = json.loads(content)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the evaluation {str(path)!r} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise _no_result(path)
    return content, found


def _no_result(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{str(path)!r} is no result of an evaluation", hint="averment eval … --out DIR writes DIR/result.json"
    )


def _data(found: _Object) -> str | None:
    """Return the digest of what was measured on, as the result names it."""
    benchmarks = found.get("benchmarks")
    digests = dict(_digests(benchmarks)) if isinstance(benchmarks, dict) else {}
    labels = found.get("labels_digest")
    if isinstance(labels, str):
        digests["labels"] = labels
    return sha256_id(canonical_json(digests)) if digests else None


def _seed(found: _Object) -> int | None:
    """Return the seed, wherever this kind of result has it."""
    parts = (found, *(part for name in ("settings", "levels") if isinstance(part := found.get(name), dict)))
    return next((seed for part in parts if isinstance(seed := part.get("seed"), int)), None)


def _models(found: _Object) -> Iterator[tuple[str, str]]:
    for role in _ROLES:
        named = found.get(role)
        if isinstance(named, dict):
            yield from ((f"{role}.{key}", value) for key in _NAMING if isinstance(value := named.get(key), str))
        elif isinstance(named, str) and named:
            yield role, named


def _approval(path: Path, content: bytes, signers: Sequence[Signer]) -> tuple[Approval | None, str]:
    """Return who signed, or why the signature beside the file does not count; neither where there is none."""
    beside = path.with_name(path.name + SUFFIX)
    if not beside.is_file():
        return None, ""
    try:
        return verify(beside.read_bytes(), content, signers=signers), ""
    except AuditIntegrityError as error:
        return None, error.message


def _figures(result: _Object) -> Iterator[tuple[str, str, int | float]]:
    """Yield (of what, figure, value) of the system's own results, whatever else was measured beside it."""
    benchmarks = result.get("benchmarks")
    runs = benchmarks if isinstance(benchmarks, dict) else {_SYSTEM: result}
    for name, run in runs.items():
        if not isinstance(run, dict):
            continue
        systems = run.get("systems")
        own = systems.get(_SYSTEM) if isinstance(systems, dict) else run
        if isinstance(own, dict):
            for figure, value in _numbers(cast("_Object", own), ""):
                yield name, figure, value


def _rounded(value: int | float) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _numbers(part: _Object, prefix: str) -> Iterator[tuple[str, int | float]]:
    for name, value in part.items():
        if name in _NO_FIGURES:
            continue
        if isinstance(value, dict):
            yield from _numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{name}", value


def _digests(runs: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, run in runs.items():
        if isinstance(run, dict):
            yield from ((f"{name}.{key}", str(value)) for key, value in run.items() if key.endswith("_digest"))
