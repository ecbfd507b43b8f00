"""`averment report …`: documents for officers and authorities, from what runs, from people and from the log."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.core import TyperGroup

from averment.cli.context import command_names, loaded_settings, log_event, runtime_of, user_name
from averment.cli.output import JsonFlag, counts, note, print_json, print_table, say
from averment.compliance.documents import approvals, living, report
from averment.compliance.documents.filled import FilledDocument
from averment.compliance.documents.kinds import kind_of, schema_of
from averment.compliance.documents.people import new_people, people_path
from averment.compliance.documents.rendering.render import form_of
from averment.compliance.pii.kinds import Level
from averment.core.audit import EventType
from averment.core.clock import SystemClock
from averment.core.errors import EXIT_VERIFICATION_FAILED, UsageError
from averment.core.ids import sha256_id
from averment.service.reporting import Order, kind_rows
from averment.service.system_facts import gather_facts, installation_of

_Kind = Annotated[str, typer.Argument(help="Kind of document; averment report list names them.")]
_About = Annotated[str, typer.Option("--about", help="What it is about, for kinds about one answer or incident.")]


class _Kinds(TyperGroup):
    """Takes the name of a kind for the command that makes it: `averment report annex-iv`."""

    def resolve_command(  # type: ignore[no-untyped-def]  # the types of what typer vendors are not public
        self, ctx, args
    ):
        is_kind = bool(args) and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None
        return super().resolve_command(ctx, ["make", *args] if is_kind else args)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(cls=_Kinds, help="Documents for officers and authorities.", no_args_is_help=True)
    group.command("list")(list_kinds)
    for command in (make, new, check, schema, sign):
        group.command()(command)
    app.add_typer(group, name="report")


def list_kinds(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the kinds of documents, and the log's size at which each was last exported."""
    rows = kind_rows(installation_of(loaded_settings(context)).folder)
    if as_json:
        print_json({"kinds": rows})
        return
    columns = ("kind", "title", "article", "fields", "exported_at")
    print_table(columns, [[getattr(row, column) for column in columns] for row in rows])


def make(
    context: typer.Context,
    kind: _Kind,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; KIND.FORMAT when absent.")] = None,
    form: Annotated[
        Literal["html", "pdf", "docx", "json"] | None,
        typer.Option("--format", help="Format; from the ending of --out when absent, else html."),
    ] = None,
    language: Annotated[Literal["en", "de"], typer.Option("--language", help="Language of its fixed words.")] = "en",
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="State of the log before this time (RFC 3339); now when absent.")
    ] = None,
    about: _About = "",
    mask: Annotated[
        Level, typer.Option("--mask", help="Personal data taken out of people's words and of quoted ones.")
    ] = Level.NONE,
    with_texts: Annotated[
        bool, typer.Option("--with-texts", help="Quote question and answer in an explanation; withheld otherwise.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make a document; `averment report KIND` says the same. The export is logged before the file is written."""
    ending = form or form_of(out, default="html")
    target = out or Path(f"{kind}.{ending}")
    order = Order(kind=kind, form=ending, language=language, about=about, as_of=as_of, mask=mask, with_texts=with_texts)
    with runtime_of(context) as runtime:
        made = runtime.reports.make(order, subject=user_name())
    content = made.file.content
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{str(target)!r} cannot be written: {error.strerror}", hint="--out FILE") from error
    _tell(made.document, target, sha256_id(content), as_json=as_json)


def new(context: typer.Context, kind: _Kind, about: _About = "") -> None:
    """Write the file that people fill, with what the law asks of each field; an existing one stays as it is."""
    chosen = kind_of(kind)
    if bool(chosen.about) != bool(about):
        raise UsageError(
            f"{kind} is about {'one ' + chosen.about if chosen.about else 'the whole installation'}",
            hint="--about NAME" if chosen.about else "leave --about out",
        )
    path = people_path(installation_of(loaded_settings(context)).folder, chosen, subject=about)
    new_people(path, chosen)
    note(f"wrote {path}; fill it, then: averment report {kind}")


def check(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Compare the exported documents with what runs; exit 4 and each mismatch when they no longer fit.

    A source, purpose or flow that runs and that no exported record of processing (gdpr-30) names is a mismatch too.
    """
    loaded = loaded_settings(context)
    installation = installation_of(loaded)
    filed = [document for _, document in report.filed_documents(installation.folder)]
    if not filed:
        raise UsageError("no document was exported yet: there is nothing to compare", hint="averment report KIND")
    facts = gather_facts(loaded, commands=command_names(context))
    present = report.current_fingerprints(facts, installation.evidence_dir)
    running = report.current_processing(facts, installation.evidence_dir)
    found = [
        *living.mismatches(living.newest(filed), present=present, store=installation.store()),
        *living.undocumented(filed, running),
    ]
    if as_json:
        print_json({"ok": not found, "documents": len(living.newest(filed)), "mismatches": found})
    else:
        say(f"{'ok' if not found else 'MISMATCH'}: {len(living.newest(filed))} documents, {len(found)} mismatches")
        print_table(
            ("document", "what", "stated", "found"), [(m.document, m.what, m.stated, m.found or "gone") for m in found]
        )
    if found:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def schema(kind: _Kind) -> None:
    """Print the JSON Schema of a kind's documents."""
    say(json.dumps(schema_of(kind_of(kind)), indent=1, ensure_ascii=False))


def sign(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="result.json of an evaluation, or thresholds for one.")
    ],
    key: Annotated[Path, typer.Option("--key", help="Your private key, Ed25519 in PEM.")],
    name: Annotated[str, typer.Option("--name", help="Your name.")],
    function: Annotated[str, typer.Option("--function", help="Your function.")],
) -> None:
    """Sign a result of an evaluation, or thresholds, as the person responsible; the signature lies beside the file."""
    own = approvals.read_key(key)
    approval = approvals.Approval(name=name, function=function, signed_on=SystemClock().now().date())
    beside = file.with_name(file.name + approvals.SUFFIX)
    content = file.read_bytes()
    envelope = approvals.sign(content, approval, file_name=file.name, key=own)
    log_event(context, EventType.EVAL_SIGNED, {"content": sha256_id(content), "signature": sha256_id(envelope)})
    beside.write_bytes(envelope)
    note(f"wrote {beside}; it counts where compliance/{approvals.SIGNERS_FILE} names the signer:")
    note(json.dumps({"signers": [{"name": name, "function": function, "key": approvals.public_key(own)}]}))


def _tell(document: FilledDocument, path: Path, digest: str, *, as_json: bool) -> None:
    counted = {str(status): number for status, number in report.counts(document).items()}
    if as_json:
        print_json(
            {
                "path": str(path),
                "sha256": digest,
                "kind": document.kind,
                "log_size": document.log.size,
                "fields": counted,
            }
        )
        return
    note(f"wrote {path} ({counts(counted)})")
