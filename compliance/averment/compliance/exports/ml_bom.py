"""The running system as a machine-learning bill of materials (CycloneDX 1.6, ECMA-424).

Models are those that the log says were loaded, the last of each role, with the digest of their weights; libraries are
those of the environment the export runs in. A model's card holds what the log knows; what nobody recorded is absent.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import rfc8785

from averment.compliance.events import Leaf

SPEC_VERSION: Final = "1.6"
_NAMESPACE: Final = uuid.UUID("5b2f2b26-0a7b-5c8e-9d57-6a1f3c0de001")
_TASKS: Final[Mapping[str, str]] = {
    "language": "text-generation",
    "embedder": "feature-extraction",
    "sparse": "feature-extraction",
    "reranker": "text-ranking",
    "verifier": "text-classification",
    "ocr": "image-to-text",
}
_PROPERTIES: Final = ("role", "quantisation", "engine", "engine_version", "profile_digest", "arguments_digest")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Library:
    """An installed distribution: its name on the package index and its version."""

    name: str
    version: str


def ml_bom(leaves: Sequence[Leaf], *, libraries: Iterable[Library], root: str) -> bytes:
    """Return the bill of materials as CycloneDX JSON; the same bytes from the same state.

    Args:
        leaves: The log's entries, at least one.
        libraries: What is installed beside the program.
        root: Root hash of the checkpoint over the entries; the serial number is made from it.
    """
    last = leaves[-1]
    system = cast("Mapping[str, str]", last["system"])
    loaded: dict[str, Leaf] = {}
    for leaf in leaves:
        if leaf["type"] == "model.loaded":
            loaded[str(cast("Mapping[str, object]", leaf["data"])["role"])] = leaf
    program = {
        "type": "application",
        "bom-ref": "averment",
        "name": "averment",
        "version": system["version"],
        "properties": [_property("source_digest", system["digest"])],
    }
    models = [_model(role, leaf) for role, leaf in sorted(loaded.items())]
    packages = [_package(library) for library in sorted(set(libraries))]
    references = [str(item["bom-ref"]) for item in (*models, *packages)]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, root)}",
        "version": 1,
        "metadata": {"timestamp": last["time"], "component": program},
        "components": [*models, *packages],
        "dependencies": [{"ref": "averment", "dependsOn": references}],
    }
    return rfc8785.dumps(document)  # type: ignore[arg-type]  # plain JSON values


def _model(role: str, leaf: Leaf) -> dict[str, object]:
    data = cast("Mapping[str, str | None]", leaf["data"])
    made: dict[str, object] = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{role}",
        "name": data["model"],
        "modelCard": {"modelParameters": {"task": _TASKS.get(role, role)}},
        "properties": [
            *(_property(name, str(data[name])) for name in _PROPERTIES if data.get(name)),
            _property("log_entry", str(leaf["seq"])),
        ],
    }
    if revision := data.get("revision"):
        made["version"] = revision
    if digest := data.get("weights_digest"):
        made["hashes"] = [{"alg": "SHA-256", "content": digest.removeprefix("sha256:")}]
    return made


def _package(library: Library) -> dict[str, object]:
    address = f"pkg:pypi/{library.name.lower().replace('_', '-')}@{library.version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": library.name,
        "version": library.version,
        "purl": address,
    }


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"averment:{name}", "value": value}
