"""`averment forget` and `averment subject …`: a person's rights over what is held of them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from averment.cli.context import runtime_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance.erasure import ErasurePlan, ErasureRequest
from averment.core.erasure import DocumentAction, DocumentDecision
from averment.core.errors import EXIT_VERIFICATION_FAILED, DocumentNotFound, UsageError
from averment.service.runtime import Runtime

_Person = Annotated[str, typer.Argument(help="Who: the name a person signs in with, or a registered alias.")]
_Names = Annotated[list[str] | None, typer.Option("--name", help="A spelling in texts; repeat for several.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("forget")(forget)
    group = typer.Typer(help="What is held of a person.", no_args_is_help=True)
    group.command("register")(register_person)
    group.command("export")(export)
    app.add_typer(group, name="subject")


def forget(
    context: typer.Context,
    person: _Person,
    names: _Names = None,
    every: Annotated[
        str | None, typer.Option("--documents", help="Documents that name the person: remove, mask or keep:GROUND.")
    ] = None,
    single: Annotated[
        list[str] | None, typer.Option("--document", help="One of them, as DOCUMENT=remove, =mask or =keep:GROUND.")
    ] = None,
    papers: Annotated[
        str | None, typer.Option("--papers", help="Files in compliance/ and purposes/ that do: mask or keep:GROUND.")
    ] = None,
    ground: Annotated[str, typer.Option("--ground", help="Code of why the person is erased.")] = "request",
    refuse: Annotated[
        str | None, typer.Option("--refuse", help="Erase nothing and record the ground of the refusal.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would go, and change nothing.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the certificate to a file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Erase a person: what they asked and were answered, the texts that name them, and the keys; then certify it."""
    with runtime_of(context) as runtime:
        request = ErasureRequest(
            identity=person,
            subject=user_name(),
            ground=ground,
            names=tuple(names or ()),
            decisions=tuple(filter(None, (_decision(runtime, text) for text in single or ()))),
            default=None if every is None else _action("", every),
            papers=None if papers is None else _action("", papers, among=("mask", "keep")),
        )
        eraser = runtime.record.eraser(subject=request.subject)
        if dry_run:
            _show_plan(eraser.plan(request), as_json=as_json)
            return
        if refuse is not None:
            entry = eraser.refuse(request, ground=refuse)
            print_json({"refused": refuse, "entry": entry}) if as_json else note(f"refused; entry {entry} of the log")
            return
        certificate = eraser.erase(request)
    if certificate is None:
        _say_nothing_left(person, as_json=as_json)
    else:
        _hand_over(certificate, out=out, as_json=as_json)


def _hand_over(certificate: Mapping[str, object], *, out: Path | None, as_json: bool) -> None:
    """Write and print a certificate; the command fails where something still names the person."""
    if out is not None:
        out.write_text(json.dumps(certificate, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json({"certificate": certificate})
    else:
        _show_certificate(certificate)
    if _remaining(certificate):
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def _say_nothing_left(person: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"certificate": None, "nothing_left": True})
    else:
        say(
            f"nothing is left to erase: nobody is known as {person!r}, or no longer, and no spelling is given to look "
            "for (--name 'First Last')"
        )


def register_person(
    context: typer.Context,
    person: _Person,
    names: _Names = None,
    as_json: JsonFlag = False,
) -> None:
    """Make spellings of a person known, encrypted, so that requests of theirs need not repeat them."""
    if not names:
        raise UsageError("no spelling is given", hint="--name 'First Last'; repeat for several")
    with runtime_of(context) as runtime:
        found = runtime.record.own_log().people.register(person, tuple(names))
    if as_json:
        print_json({"person": found.actor, "n_names": len(found.names)})
    else:
        note(f"{len(found.names)} spellings are known")


def export(
    context: typer.Context,
    person: _Person,
    out: Annotated[Path, typer.Option("--out", help="ZIP file to write.")],
    names: _Names = None,
    as_json: JsonFlag = False,
) -> None:
    """Write what is held of a person as a ZIP of JSON; the export is logged before it is written."""
    with runtime_of(context) as runtime:
        written = runtime.record.export_person(person, out, names=tuple(names or ()), subject=user_name())
    if as_json:
        print_json({"path": str(out), "n_entries": written})
    else:
        note(f"wrote {out}: {written} entries; it holds personal data, hand it to nobody else")


def _decision(runtime: Runtime, text: str) -> DocumentDecision | None:
    """Return what is to become of a document; None where it is gone, as when the command is given again."""
    reference, _, action = text.rpartition("=")
    if not reference:
        raise UsageError(f"--document {text!r} names no action", hint="--document lease.pdf=mask")
    decision = _action("", action)
    try:
        return replace(decision, document_id=runtime.views.find(reference).document_id)
    except DocumentNotFound as error:
        # A document that names the person is undecided then, and the erasure is refused.
        note(f"{error.message}: passed over")
        return None


def _action(document_id: str, text: str, *, among: tuple[str, ...] = get_args(DocumentAction)) -> DocumentDecision:
    action, _, ground = text.partition(":")
    if action not in among or (action == "keep") != bool(ground):
        raise UsageError(f"{text!r} is nothing that can be done here", hint=f"{', '.join(among)}; keep as keep:GROUND")
    return DocumentDecision(document_id=document_id, action=cast("DocumentAction", action), ground=ground or None)


def _show_plan(plan: ErasurePlan, *, as_json: bool) -> None:
    answers = [found.payload.leaf["seq"] for found in plan.naming]
    if as_json:
        print_json(
            {
                "person": plan.person,
                "entries": [leaf["seq"] for leaf in plan.entries],
                "n_payloads": plan.n_payloads,
                "entries_naming": answers,
                "documents": plan.documents,
                "undecided": [document.document_id for document in plan.undecided],
                "papers": plan.papers,
                "holds": [hold.id for hold in plan.holds],
            }
        )
        return
    say(f"{len(plan.entries)} entries with {plan.n_payloads} texts; {len(answers)} texts of others name the person")
    decided = {decision.document_id: decision.action for decision in plan.decisions}
    print_table(
        ("document_id", "source_uri", "places", "in its name", "becomes"),
        [
            (item.document_id, item.source_uri, item.n_places, item.in_name, decided.get(item.document_id, "undecided"))
            for item in plan.documents
        ],
    )
    for path in plan.papers:
        say(f"file of people that names them: {path}")
    for hold in plan.holds:
        say(f"hold {hold.id} on {hold.target} forbids it ({hold.ground})")


def _show_certificate(certificate: Mapping[str, object]) -> None:
    search = cast("Mapping[str, object]", certificate["search"])
    say(
        f"erased: {certificate['entries']} entries, {certificate['payloads']} texts, "
        f"{certificate['payloads_in_part']} in part; documents: {certificate['documents_removed']} removed, "
        f"{certificate['documents_masked']} masked, {certificate['documents_kept']} kept"
    )
    remaining = _remaining(certificate)
    say(f"searched {search['n_files']} files for {search['n_names']} spellings: {len(remaining)} name them")
    for place in remaining:
        say(f"  remains: {place}")
    for store in cast("list[Mapping[str, str]]", certificate["not_reached"]):
        say(f"not reached: {store['name']}: {store['detail']}")
    for line in cast("list[str]", certificate["not_established"]):
        say(f"not established: {line}")
    receipt = cast("Mapping[str, object]", certificate["receipt"])
    say(f"certificate {certificate['request_id']}, entry {receipt['index']} of {receipt['origin']}")


def _remaining(certificate: Mapping[str, object]) -> list[str]:
    return cast("list[str]", cast("Mapping[str, object]", certificate["search"])["remaining"])
