"""`averment mark detect`: whether a file has the mark of generated content, offline."""

from pathlib import Path
from typing import Annotated, Final

import typer

from averment.cli.context import settings_of
from averment.cli.output import JsonFlag, print_json, say
from averment.compliance.log.note import VerifierKey
from averment.compliance.marks.formats import Verdict, detect
from averment.compliance.signing_keys import MARK_KEY_FILE, read_signing_key
from averment.core.errors import EXIT_VERIFICATION_FAILED, UsageError

_WORDS: Final[dict[Verdict, str]] = {
    "valid": "mark found: valid signature",
    "invalid-signature": "mark found: invalid signature, or of a key that is not known",
    "changed-content": "mark found: valid signature, but over other content",
    "no-mark": "no mark (which does not say who or what wrote the file)",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Marks of generated content.", no_args_is_help=True)
    group.command("detect")(detect_mark)
    group.command("key")(key)
    app.add_typer(group, name="mark")


def detect_mark(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A JSON, HTML, DOCX, PDF or ZIP file.")],
    keys: Annotated[
        list[str] | None, typer.Option("--key", help="Key that is trusted, as averment mark key prints it; repeatable.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say whether a file has a mark and whether it is good; exit 4 where it is not. Needs no network and no log."""
    trusted = [VerifierKey.parse(text) for text in keys] if keys else [_own_key(context)]
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{str(file)!r} cannot be read: {error.strerror}") from error
    found = detect(raw, keys=trusted)
    if as_json:
        print_json(found)
    else:
        say(_WORDS[found.verdict])
        if found.facts is not None:
            facts = found.facts
            say(f"  {facts.source_type}, {facts.generator}, model {facts.model or 'not named'}")
            say(f"  answer {facts.answer_id or 'none'}, log entry {facts.entry or 'none'}, {found.format}")
    if found.verdict in ("invalid-signature", "changed-content"):
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def key(context: typer.Context) -> None:
    """Print the public key of this installation's marks, for who detects them elsewhere."""
    say(_own_key(context).vkey)


def _own_key(context: typer.Context) -> VerifierKey:
    return read_signing_key(settings_of(context).data_dir / "keys" / MARK_KEY_FILE).verifier
