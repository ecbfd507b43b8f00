"""Statements that several documents make: version, purposes, machine, model, components, evaluations, settings."""

import re
from collections.abc import Iterable
from typing import Final

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.log_view import Logged
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType

_DIGEST: Final = re.compile(r"^((?:hmac-)?sha256:[0-9a-f]{12})[0-9a-f]+$")
_NEWEST: Final = 100
_PARSING: Final = ("parsing.max_item_bytes", "parsing.max_pages", "parsing.max_seconds", "parsing.ocr_languages")
_TOLD: Final = ("section", "role", "model", "index", "change", "purpose", "mode")


def short(value: str) -> str:
    """Shorten a digest to what tells it from others; the evidence has it whole."""
    return _DIGEST.sub(r"\1…", value)


def row(found: Logged, *names: str) -> list[str]:
    """Return an entry's time and some of its facts."""
    return [found.time, *(short(found.fact(name)) for name in names)]


def change(found: Logged) -> str:
    """Say in a few words what an entry changed."""
    return ", ".join(f"{name} {short(value)}" for name in _TOLD if (value := found.fact(name)))


def version(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """Say which version runs, and since when the installation is used."""
    software, first = sources.facts.software, sources.log.entry(0)
    sheet.say(field, "version", on=[sources.facts_file], version=software.version, digest=software.digest)
    sheet.say(field, "first_entry", on=[first.evidence], time=first.time, version=first.software()[0])


def purposes(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the purposes that were created, and whether each was assessed."""
    created = sources.log.entries(EventType.PURPOSE_CREATED)
    sheet.table(
        field,
        "purposes",
        columns=("purpose", "mode", "assessment", "time"),
        rows=[
            (
                p.fact("purpose"),
                sheet.words.named("mode", p.fact("mode")),
                short(p.fact("assessment_digest")) or sheet.words("none"),
                p.time,
            )
            for p in created
        ],
        on=[found.evidence for found in created],
    )


def packages(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List versions of software, and the closed lists an installation is made from."""
    facts = sources.facts
    sheet.say(field, "python_version", on=[sources.facts_file], system=facts.machine.system)
    sheet.table(
        field,
        "packages",
        columns=("package", "version"),
        rows=facts.packages.items(),
        on=[sources.facts_file],
    )
    sheet.table(
        field,
        "lockfiles",
        columns=("file", "sha256"),
        rows=[(found.path, found.sha256) for found in facts.lockfiles],
        on=facts.lockfiles,
    )
    sheet.say(field, "updates", on=[sources.facts_file])


def machine(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """Say what machine it runs on, and the least that its model asks for."""
    found = sources.facts.machine
    sheet.say(
        field,
        "machine",
        on=[sources.facts_file],
        processor=found.processor,
        threads=found.threads,
        memory=found.memory_gib,
        gpu=sheet.words("with_gpu" if found.has_gpu else "without_gpu"),
    )
    model = sources.facts.model
    if model is not None:
        sheet.say(
            field,
            "least_memory",
            on=[sources.facts_file],
            model=model.title,
            gpu=model.gpu_gib or "–",
            cpu=model.cpu_gib or "–",
        )


def interfaces(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """Describe the ways in: commands and routes."""
    facts = sources.facts
    sheet.say(field, "interface", on=[sources.facts_file], commands=len(facts.commands), routes=len(facts.routes))
    sheet.table(
        field,
        "ways_in",
        columns=("kind", "names"),
        rows=[(sheet.words("commands"), ", ".join(facts.commands)), (sheet.words("routes"), ", ".join(facts.routes))],
        on=[sources.facts_file],
    )
    sheet.say(field, "sentence_kinds", on=[sources.facts_file])


def language_model(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """Name the language model and what was loaded."""
    model = sources.facts.model
    if model is None or not model.is_used:
        sheet.say(field, "no_model", on=[sources.facts_file])
    else:
        sheet.say(
            field,
            "model",
            on=[sources.facts_file],
            title=model.title,
            supplier=model.supplier,
            repository=model.repository or "–",
            revision=model.revision or "–",
            licence=model.licence,
            checked=sheet.words("verified" if model.is_verified else "not_verified"),
        )
    components(sources, sheet, field=field)
    loaded = sources.log.entries(EventType.MODEL_LOADED, newest=20)
    sheet.table(
        field,
        "loaded_models",
        columns=("time", "role", "model", "weights", "engine", "adapter"),
        rows=[
            (
                m.time,
                sheet.words.named("role", m.fact("role")),
                m.fact("model"),
                short(m.fact("weights_digest")),
                m.fact("engine"),
                m.fact("adapter"),
            )
            for m in loaded
        ],
        on=[found.evidence for found in loaded],
    )


def components(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the parts that compute."""
    sheet.table(
        field,
        "components",
        columns=("role", "name", "digest"),
        rows=[
            (sheet.words.named("role", part.role), part.name, short(part.digest)) for part in sources.facts.components
        ],
        on=[sources.facts_file],
    )


def settings(sources: Sources, sheet: Sheet, *, field: str, names: Iterable[str]) -> None:
    """List settings in force."""
    found = sources.facts.settings
    sheet.table(
        field,
        "settings",
        columns=("setting", "value"),
        rows=[(name, found[name]) for name in names if name in found],
        on=[sources.facts_file],
    )


def connectors(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the sources that documents come from."""
    sheet.table(
        field,
        "connectors",
        columns=("name", "kind", "reader_groups", "classification"),
        rows=[(found.name, found.kind, found.readers, found.classification) for found in sources.facts.connectors],
        on=[sources.facts_file],
    )


def input_data(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """Say what may be read, and its limits."""
    sheet.say(field, "input_formats", on=[sources.facts_file], types=", ".join(sources.facts.media_types))
    settings(sources, sheet, field=field, names=_PARSING)


def trained_models(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the models that were trained here."""
    trained = sources.log.entries(EventType.MODEL_TRAINED, newest=_NEWEST)
    sheet.table(
        field,
        "trained_models",
        columns=("time", "role", "model", "base", "examples", "documents"),
        rows=[row(found, "role", "model", "base", "examples", "documents") for found in trained],
        on=[found.evidence for found in trained],
    )


def training_data(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the data that models were trained on here."""
    trained = sources.log.entries(EventType.MODEL_TRAINED, newest=_NEWEST)
    sheet.table(
        field,
        "training_data",
        columns=("time", "role", "data", "split", "documents", "held_out"),
        rows=[row(found, "role", "data", "split", "documents", "documents_held_out") for found in trained],
        on=[found.evidence for found in trained],
    )


def training_time(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """Say how long models were trained here."""
    trained = sources.log.entries(EventType.MODEL_TRAINED)
    if not trained:
        sheet.say(field, "no_training", on=[sources.log.last.evidence])
        return
    seconds = sum(int(found.fact("duration_ms")) for found in trained) // 1000
    cited = [found.evidence for found in trained[-_NEWEST:]]
    sheet.say(field, "training_time", on=cited, runs=len(trained), seconds=seconds)
