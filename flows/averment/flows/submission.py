"""Arguments of tasks that Prefect must not look into."""

from typing import Any

from prefect.utilities.annotations import quote


def uninspected(*arguments: object) -> tuple[Any, ...]:
    """Keep Prefect from walking through stores and documents in search of futures."""
    return tuple(quote(argument) for argument in arguments)
