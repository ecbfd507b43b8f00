"""`averment purpose`: what the system is used for, assessed against Annex III of the AI Act and signed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import log_event, settings_of
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.cli.purpose_screen import screen
from averment.compliance.purposes.assessment import assess
from averment.compliance.purposes.first_use import logged_uses_before_assessment
from averment.compliance.purposes.record import PurposeRecord, new_record, record_digest
from averment.compliance.purposes.signature import read_assessment, sign_assessment
from averment.compliance.purposes.store import PurposeState, PurposeStore
from averment.compliance.signing_keys import make_signing_key, read_signing_key
from averment.core.audit import EventType
from averment.core.clock import SystemClock, rfc3339
from averment.core.data_dir import open_data_dir
from averment.core.errors import EXIT_VERIFICATION_FAILED, UsageError
from averment.core.ids import sha256_id

_Code = Annotated[str, typer.Argument(metavar="CODE", help="Code of the purpose.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Purposes of use, their assessment and their signatures.", no_args_is_help=True)
    for name, command in (
        ("new", new),
        ("check", check),
        ("signer", signer),
        ("sign", sign),
        ("show", show),
        ("list", list_purposes),
        ("retire", retire),
        ("screen", screen),
        ("schema", schema),
    ):
        group.command(name)(command)
    app.add_typer(group, name="purpose")


def new(
    context: typer.Context,
    code: _Code,
    description: Annotated[str, typer.Option(help="What the purpose is, in a sentence.")],
    owner: Annotated[str, typer.Option(help="Who answers for it: a role or a department.")],
    intended_use: Annotated[str, typer.Option("--intended-use", help="What is decided with the answers, by whom.")],
    as_json: JsonFlag = False,
) -> None:
    """Record a purpose with every question of its assessment open; until it is signed it can be tried only."""
    store = _store(context)
    if store.path(code).exists():
        raise UsageError(f"purpose {code!r} exists already", hint=f"edit {store.path(code)}")
    record = new_record(code, description=description, owner=owner, intended_use=intended_use)
    log_event(context, EventType.PURPOSE_CREATED, {"purpose": code, "mode": "trial", "assessment_digest": None})
    path = store.write(record)
    if as_json:
        print_json({"purpose": code, "path": str(path)})
    else:
        note(f"wrote {path}; answer its questions, then: averment purpose check {code}")


def check(context: typer.Context, code: _Code, as_json: JsonFlag = False) -> None:
    """Say what is open, what the answers lead to, and whether the signature holds; exit 4 where the gate is shut."""
    state = _store(context).state(code, now=_now())
    early = logged_uses_before_assessment(settings_of(context).data_dir / "evidence", purpose=code)
    if as_json:
        print_json({**_facts(state), "used_before_assessment": early})
    else:
        _say(state)
        for entry in early:
            say(f"log entry {entry} uses an assessment that the log did not have by then")
    if state.status != "assessed" or early:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def signer(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the signer as it stands in signatures, without spaces.")],
    key: Annotated[Path, typer.Option("--key", help="File to write the signing key to; keep it with the signer.")],
    as_json: JsonFlag = False,
) -> None:
    """Make a signing key and let it sign assessments."""
    store = _store(context)
    verifier = make_signing_key(key, name=name).verifier
    log_event(context, EventType.KEY_CREATED, {"kind": "signer", "key": sha256_id(verifier.vkey.encode())})
    store.add_signer(verifier)
    if as_json:
        print_json({"path": str(key), "vkey": verifier.vkey})
    else:
        note(f"wrote {key}; {verifier.vkey} may sign assessments")


def sign(
    context: typer.Context,
    code: _Code,
    key: Annotated[Path, typer.Option("--key", help="The signer's key file.")],
    as_json: JsonFlag = False,
) -> None:
    """Sign the assessment of a purpose as it stands; the log has it before the purpose can be used under it."""
    if not key.is_file():
        raise UsageError(f"there is no key file {str(key)!r}", hint=f"averment purpose signer NAME --key {key}")
    store, signing = _store(context), read_signing_key(key)
    before, record = store.state(code, now=_now()), store.record(code)
    if signing.verifier not in store.signers():
        raise UsageError(f"{signing.name!r} may not sign assessments", hint="averment purpose signer")
    raw = sign_assessment(record, signer=signing, at=_now())
    signed, assessment = read_assessment(raw, record, signers=store.signers()), assess(record)
    log_event(
        context,
        EventType.PURPOSE_ASSESSED,
        {
            "purpose": code,
            "record": signed.record,
            "assessment_digest": signed.digest,
            "before": before.signed.digest if before.signed else None,
            "result": signed.result,
            "because": assessment.because,
            "profiling": bool(record.profiles_natural_persons),
            "impact_assessment": signed.is_fria_owed,
            "signer": sha256_id(signing.verifier.vkey.encode()),
        },
    )
    store.write_signature(code, raw)
    state = store.state(code, now=_now())
    if as_json:
        print_json(_facts(state))
    else:
        _say(state)


def show(context: typer.Context, code: _Code, as_json: JsonFlag = False) -> None:
    """Print the record of a purpose and how it stands."""
    state = _store(context).state(code, now=_now())
    if as_json:
        print_json({**_facts(state), "record": state.record.model_dump(mode="json")})
        return
    for name in ("code", "description", "owner", "intended_use"):
        say(f"{name:12s} {getattr(state.record, name)}")
    _say(state)


def list_purposes(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the recorded purposes."""
    states = list(_store(context).states(now=_now()))
    if as_json:
        print_json({"purposes": [_facts(state) for state in states]})
        return
    print_table(
        ("purpose", "state", "result", "owner", "description"),
        [
            (each.record.code, each.status, assess(each.record).result, each.record.owner, each.record.description)
            for each in states
        ],
    )


def retire(context: typer.Context, code: _Code, as_json: JsonFlag = False) -> None:
    """Take a purpose out of use for good; its record is kept."""
    store = _store(context)
    record = store.record(code)
    log_event(context, EventType.PURPOSE_RETIRED, {"purpose": code})
    store.write(record.model_copy(update={"is_retired": True}))
    if as_json:
        print_json(_facts(store.state(code, now=_now())))
    else:
        note(f"purpose {code} is retired")


def schema() -> None:
    """Print the JSON Schema that records of purposes follow."""
    print_json(PurposeRecord.model_json_schema())


def _store(context: typer.Context) -> PurposeStore:
    return PurposeStore(open_data_dir(settings_of(context).data_dir, create=False).purposes)


def _now() -> datetime:
    return SystemClock().now()


def _facts(state: PurposeState) -> dict[str, object]:
    assessment, signed = assess(state.record), state.signed
    return {
        "purpose": state.record.code,
        "status": state.status,
        "problem": state.problem or None,
        "record_digest": record_digest(state.record),
        "result": assessment.result,
        "because": assessment.because,
        "impact_assessment_owed": assessment.is_fria_owed,
        "impact_assessment_because": assessment.fria_because,
        "open": assessment.open,
        "signer": signed.signer.name if signed else None,
        "signed_at": signed.signed_at if signed else None,
        "assessment_digest": signed.digest if signed else None,
    }


def _say(state: PurposeState) -> None:
    assessment = assess(state.record)
    say(f"purpose {state.record.code}: {state.status}" + (f" ({state.problem})" if state.problem else ""))
    if assessment.open:
        say(f"open questions ({len(assessment.open)}): {', '.join(assessment.open)}")
    else:
        owed = "owed" if assessment.is_fria_owed else "not owed"
        say(f"by its answers: {assessment.result} ({', '.join(assessment.because)})")
        say(f"fundamental rights impact assessment: {owed} ({assessment.fria_because})")
    if state.status == "unassessed" and not assessment.open:
        say(f"nothing is open: averment purpose sign {state.record.code} --key FILE")
    if state.signed:
        say(f"signed by {state.signed.signer.name} on {rfc3339(state.signed.signed_at)}")
    say("this is what the record's own answers lead to, and no legal advice")
