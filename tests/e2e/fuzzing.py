"""Cases made from the OpenAPI document by schemathesis, sent to a running service, and what they found."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema


@dataclass
class Found:
    """How many cases there were, by operation, the statuses that they met, and what was wrong with which."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, event: "events.ScenarioFinished | events.NonFatalError | events.FatalError") -> None:
        """Take what an event of the run tells."""
        if isinstance(event, events.FatalError):
            self.wrong.append(f"the run ended: {event.exception!r}")
            return
        if isinstance(event, events.NonFatalError):
            self.wrong.append(f"{event.label}: {event.value!r}")
            return
        recorder = event.recorder
        for interaction in recorder.interactions.values():
            if interaction.response is not None:
                self.statuses[interaction.response.status_code] += 1
        for case in recorder.cases.values():
            self.cases[case.value.operation.label] += 1
        for checks in recorder.checks.values():
            for check in checks:
                self.checks[check.name] += 1
                if (info := check.failure_info) is not None:
                    self.wrong.append(f"{recorder.label} {check.name}: {info.failure.message}\n{info.code_sample}")


def strict(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document whose responses may hold no member that it does not name."""
    found = copy.deepcopy(dict(document))
    schemas = found["components"]["schemas"]
    asked = _reached(found, [one.get("requestBody") for path in found["paths"].values() for one in path.values()])
    for name, schema in schemas.items():
        if name not in asked and "properties" in schema:
            schema["additionalProperties"] = False
    return found


def _reached(document: Mapping[str, Any], parts: Sequence[Any]) -> set[str]:
    """Return the names of the schemas that parts of a document refer to, over others too."""
    names: set[str] = set()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in names:
                names.add(name)
                waiting.append(document["components"]["schemas"][name])
            waiting += part.values()
    return names


def fuzz(document: Mapping[str, Any], *, url: str, key: str, known: Mapping[str, Sequence[str]], options: Any) -> Found:
    """Send cases made from a document.

    Args:
        document: The OpenAPI document.
        url: Where the service listens.
        key: An API key.
        known: Values of path parameters that name something, by parameter.
        options: Settings of schemathesis over the ones here, such as `seed` and `generation`.
    """
    config = SchemathesisConfig.from_dict(
        {
            "base-url": url,
            "headers": {"Authorization": f"Bearer {key}"},
            "continue-on-failure": True,
            "request-timeout": 30,
            "workers": 1,
            # What a valid document takes may still ask for what cannot be: the check would take every 422 for a fault.
            "checks": {"positive_data_acceptance": {"enabled": False}},
            # DELETE of an analysis cancels it; it stays, as its log entry does.
            "operations": [
                {"include-path-regex": "^/v1/(analyses|answers)", "checks": {"use_after_free": {"enabled": False}}}
            ],
            "dictionaries": {name: {"values": list(values)} for name, values in known.items()},
            "parameters": {f"path.{name}": {"dictionary": name, "probability": 0.7} for name in known},
            **options,
        }
    )
    schema = schemathesis.openapi.from_dict(strict(document), config=config)
    found = Found()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished | events.NonFatalError | events.FatalError):
            found.note(event)
    return found
