"""`--filter key=value` on the command line."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Annotated, Final

import typer

from averment.core.access import EVERYONE, Filters, Principal
from averment.core.errors import UsageError

_DATES: Final = {"date_from", "date_to"}

FilterOption = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="KEY=VALUE", help="Limit the documents; a repeated key is OR, keys are AND."),
]
GroupOption = Annotated[
    list[str] | None, typer.Option("--as", metavar="GROUP", help="Ask as these groups instead of 'everyone'.")
]


def parse_filters(pairs: Sequence[str] | None) -> Filters:
    """Turn `key=value` arguments into filters.

    Raises:
        UsageError: A pair has no `=`, an unknown key, or a date that is none.
    """
    known = [field.name for field in fields(Filters)]
    many: dict[str, tuple[str, ...]] = {}
    dates: dict[str, str] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not value:
            raise UsageError(f"--filter {pair!r} is not KEY=VALUE", hint="for example --filter kind=contract")
        if key not in known:
            raise UsageError(f"--filter knows no key {key!r}", hint=f"keys are {', '.join(known)}")
        if key in _DATES:
            dates[key] = _iso(key, value)
        else:
            many[key] = (*many.get(key, ()), value)
    return Filters(**many, date_from=dates.get("date_from"), date_to=dates.get("date_to"))


def principal(groups: Sequence[str] | None, *, subject: str, tenant: str) -> Principal:
    """Return on whose behalf the command acts."""
    return Principal(subject=subject, groups=tuple(groups) if groups else (EVERYONE,), tenant=tenant)


def _iso(key: str, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise UsageError(f"--filter {key}={value!r} is no date", hint="write YYYY-MM-DD") from error
