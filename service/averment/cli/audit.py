"""`averment audit verify|show|prove|export`: the evidence log from the command line."""

import base64
import json
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import runtime_of, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance import audit as library
from averment.compliance.index import EntryFilter
from averment.core.errors import EXIT_VERIFICATION_FAILED, UsageError

_Types = Annotated[list[str] | None, typer.Option("--type", help="Only entries of this type; repeat for several.")]
_Answer = Annotated[str | None, typer.Option("--answer", help="Only entries of this answer id.")]
_Since = Annotated[str | None, typer.Option("--since", help="Only entries from this time on (RFC 3339).")]
_Until = Annotated[str | None, typer.Option("--until", help="Only entries before this time (RFC 3339).")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The evidence log.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("show")(show)
    group.command("prove")(prove)
    group.command("checkpoint")(checkpoint_text)
    group.command("export")(export)
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
    keys = data_dir / "keys"
    report = library.verify_log(
        evidence, trusted, checkpoint=checkpoint, keys_dir=keys if keys.is_dir() else None, max_age_s=max_age_s
    )
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
    since: _Since = None,
    until: _Until = None,
    as_json: JsonFlag = False,
) -> None:
    """List entries of the log: time, type, and what the entry states."""
    evidence = settings_of(context).data_dir / "evidence"
    query = _query(types, answer, since, until)
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
    out: Annotated[Path | None, typer.Option("--out", help="Write the .tlog-proof to a file.")] = None,
) -> None:
    """Print the proof that the newest checkpoint covers an entry (C2SP tlog-proof)."""
    proof = library.prove(settings_of(context).data_dir / "evidence", entry)
    if out is None:
        say(proof.rstrip("\n"))
    else:
        out.write_text(proof, encoding="utf-8")
        note(f"wrote {out}")


def checkpoint_text(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Print the newest kept checkpoint, to be kept elsewhere: `audit verify --checkpoint` compares the log with it."""
    kept = library.kept_checkpoint(settings_of(context).data_dir / "evidence")
    if as_json:
        print_json({"origin": kept.origin, "size": kept.size, "root": base64.b64encode(kept.root).decode()})
    else:
        say(kept.text().rstrip("\n"))


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="File to write: .zip for a bundle, .jsonl for entries.")],
    types: _Types = None,
    answer: _Answer = None,
    since: _Since = None,
    until: _Until = None,
    with_policy: Annotated[bool, typer.Option("--with-policy", help="Put the trust policy into the bundle.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Export the log or a part of it; the export is logged before it is written."""
    if out.suffix not in {".zip", ".jsonl"}:
        raise UsageError(f"--out {str(out)!r} ends neither in .zip nor in .jsonl", hint="choose one of the two")
    is_bundle = out.suffix == ".zip"
    is_whole = is_bundle and not (types or answer or since or until)
    query = None if is_whole else _query(types, answer, since, until)
    request = library.ExportRequest(
        kind="bundle" if is_bundle else "jsonl", query=query, subject=user_name(), includes_policy=with_policy
    )
    with runtime_of(context) as runtime:
        written = runtime.export_log(out, request)
    if as_json:
        print_json({"path": str(written)})
    else:
        note(f"wrote {written}; check it with: averment-verify {written} --policy FILE")


def _query(types: list[str] | None, answer: str | None, since: str | None, until: str | None) -> EntryFilter:
    return EntryFilter(types=tuple(types or ()), answer_id=answer or "", time_from=since or "", time_to=until or "")
