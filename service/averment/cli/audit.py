"""`averment audit verify|show|coverage|prove|export`: the evidence log from the command line."""

import base64
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from averment.cli.context import runtime_of, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance import audit as library
from averment.compliance.event_coverage import WITHIN, event_coverage
from averment.compliance.index import EntryFilter
from averment.compliance.key_encryption import wrapping_key
from averment.compliance.keys import EvidenceKeys, load_keys
from averment.compliance.pruning import prune as prune_log
from averment.core.clock import SystemClock
from averment.core.errors import EXIT_VERIFICATION_FAILED, UsageError
from averment.service.system_facts import installed_libraries

_ENDINGS: Final = ", ".join(library.ENDINGS.values())
_Types = Annotated[list[str] | None, typer.Option("--type", help="Only entries of this type; repeat for several.")]
_Answer = Annotated[str | None, typer.Option("--answer", help="Only entries of this answer id.")]
_Since = Annotated[str | None, typer.Option("--since", help="Only entries from this time on (RFC 3339).")]
_User = Annotated[str | None, typer.Option("--user", help="Only entries of this person; needs the pseudonym key.")]
_Purpose = Annotated[str | None, typer.Option("--purpose", help="Only entries of this purpose.")]
_Document = Annotated[
    str | None, typer.Option("--document", help="Only entries about this document: read, changed, deleted.")
]
_Until = Annotated[str | None, typer.Option("--until", help="Only entries before this time (RFC 3339).")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The evidence log.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("show")(show)
    group.command("coverage")(coverage)
    group.command("prove")(prove)
    group.command("checkpoint")(checkpoint_text)
    group.command("export")(export)
    group.command("prune")(prune)
    app.add_typer(group, name="audit")


def verify(
    context: typer.Context,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Trust policy that left the house; the log's own when absent.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint kept elsewhere, to find cut back or forked logs.")
    ] = None,
    max_age_s: Annotated[
        float | None,
        typer.Option("--max-age", min=0, help="How old cosignatures and time stamps may be, seconds."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Check every tile, entry, signature and text of the log; exit 4 and the first bad place when it fails."""
    data_dir = settings_of(context).data_dir
    evidence = data_dir / "evidence"
    trusted = library.read_policy(policy) if policy else library.own_policy(evidence)
    keys = _keys(context) if (data_dir / "keys").is_dir() else None
    report = library.verify_log(evidence, trusted, checkpoint=checkpoint, keys=keys, max_age_s=max_age_s)
    if as_json:
        print_json({"ok": report.is_ok, **{name: getattr(report, name) for name in report.__slots__}})
    else:
        say(f"{'ok' if report.is_ok else 'FAILED'}: {report.origin}, {report.size} entries, root {report.root}")
        for failure in report.failures:
            say(f"  {failure.place}: {failure.reason}")
        say("not established:")
        for line in report.not_established:
            say(f"  - {line}")
    if not report.is_ok:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def show(
    context: typer.Context,
    types: _Types = None,
    answer: _Answer = None,
    document: _Document = None,
    user: _User = None,
    purpose: _Purpose = None,
    since: _Since = None,
    until: _Until = None,
    as_json: JsonFlag = False,
) -> None:
    """List entries of the log: time, type, and what the entry states."""
    evidence = settings_of(context).data_dir / "evidence"
    query = replace(
        _period(since, until),
        types=tuple(types or ()),
        answer_id=answer or "",
        document_id=document or "",
        actor=_actor(context, user),
        purpose=purpose or "",
    )
    leaves = list(library.show(evidence, query))
    if as_json:
        print_json({"entries": leaves})
        return
    print_table(
        ("entry", "time", "type", "actor", "facts"),
        [
            (leaf["seq"], leaf["time"], leaf["type"], str(leaf["actor"])[-12:], json.dumps(leaf["data"])[:160])
            for leaf in leaves
        ],
    )


def prove(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(min=0, help="Number of the entry, from 0.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the .tlog-proof to a file; one that ends in .cose is a COSE receipt."),
    ] = None,
) -> None:
    """Print the proof that the newest checkpoint covers an entry (C2SP tlog-proof, or a COSE receipt of RFC 9942)."""
    if out is not None and out.suffix == ".cose":
        with runtime_of(context) as runtime:
            out.write_bytes(library.prove_in_cose(runtime.record.own_log(), entry))
        note(f"wrote {out}")
        return
    proof = library.prove(settings_of(context).data_dir / "evidence", entry)
    if out is None:
        say(proof.rstrip("\n"))
    else:
        out.write_text(proof, encoding="utf-8")
        note(f"wrote {out}")


def coverage(context: typer.Context, since: _Since = None, until: _Until = None, as_json: JsonFlag = False) -> None:
    """Count the events of a period by kind, with what each serves (Art. 12(2)(a)-(c)), and name those never seen."""
    evidence = settings_of(context).data_dir / "evidence"
    counted = event_coverage(library.show(evidence, _period(since, until)))
    never = [row.type for row in counted if not row.entries]
    if as_json:
        print_json({"events": [asdict(row) for row in counted], "never_seen": never, "recorded_within": WITHIN})
        return
    print_table(
        ("event", "Art. 12(2)", "entries", "first", "last"),
        [(row.type, ", ".join(row.serves), row.entries, row.first or "-", row.last or "-") for row in counted],
    )
    say(f"declared, never seen: {', '.join(never) or 'none'}")
    say("no event of its own:")
    for name, where in WITHIN.items():
        say(f"  {name}: in {where}")


def checkpoint_text(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Print the newest kept checkpoint, to be kept elsewhere: `audit verify --checkpoint` compares the log with it."""
    kept = library.kept_checkpoint(settings_of(context).data_dir / "evidence")
    if as_json:
        print_json({"origin": kept.origin, "size": kept.size, "root": base64.b64encode(kept.root).decode()})
    else:
        say(kept.text().rstrip("\n"))


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help=f"File to write; its name ends in {_ENDINGS}.")],
    types: _Types = None,
    answer: _Answer = None,
    document: _Document = None,
    user: _User = None,
    purpose: _Purpose = None,
    since: _Since = None,
    until: _Until = None,
    with_policy: Annotated[bool, typer.Option("--with-policy", help="Put the trust policy into the bundle.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Export the log or a part of it; the export is logged before it is written.

    A bundle (.zip) is checked offline with averment-verify; the others are its entries as lines, as a table, as OCSF
    events, as provenance of analyses (PROV-JSON), the running system as a bill of materials (CycloneDX), and what the
    log shows of itself as assessment results (OSCAL).
    """
    kind = next((kind for kind, ending in library.ENDINGS.items() if out.name.endswith(ending)), None)
    if kind is None:
        raise UsageError(f"--out {str(out)!r} ends in none of {_ENDINGS}", hint="the ending chooses the format")
    query = replace(
        _period(since, until),
        types=tuple(types or ()),
        answer_id=answer or "",
        document_id=document or "",
        actor=_actor(context, user),
        purpose=purpose or "",
    )
    request = library.ExportRequest(
        kind=kind,
        query=None if kind == "bundle" and query == EntryFilter() else query,
        subject=user_name(),
        includes_policy=with_policy,
        libraries=installed_libraries() if kind == "cyclonedx" else (),
    )
    with runtime_of(context) as runtime:
        written = runtime.record.export_log(out, request)
    if as_json:
        print_json({"path": str(written)})
    else:
        hint = f"; check it with: averment-verify {written} --policy FILE" if kind == "bundle" else ""
        note(f"wrote {written}{hint}")


def prune(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Delete entries and texts that are past their time (settings `retention`), except what a hold or pin keeps."""
    with runtime_of(context) as runtime:
        report = prune_log(
            runtime.record.own_log(),
            retention=runtime.record.retention(),
            clock=SystemClock(),
            subject=user_name(),
            dry_run=dry_run,
        )
    if as_json:
        print_json(report)
    else:
        kept = f"; {report.held} entries past their time are held" if report.held else ""
        note(
            f"{'would go' if dry_run else 'pruned'}: {report.minimum_index - report.before} entries and "
            f"{report.n_payloads} texts; entries begin with {report.minimum_index}{kept}"
        )


def _period(since: str | None, until: str | None) -> EntryFilter:
    return EntryFilter(time_from=since or "", time_to=until or "")


def _actor(context: typer.Context, user: str | None) -> str:
    if not user:
        return ""
    evidence = settings_of(context).data_dir / "evidence"
    return library.pseudonym_of(user, evidence_dir=evidence, keys=_keys(context))


def _keys(context: typer.Context) -> EvidenceKeys:
    settings = settings_of(context)
    return load_keys(settings.data_dir / "keys", wrapping=wrapping_key(settings.log))
