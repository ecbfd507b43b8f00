"""What the log shows about itself as assessment results (NIST OSCAL 1.2.1).

An objective is a fact that the log can show: that it verifies, that kinds of events are recorded. None says that the
law is met. Control ids are letters of Article 12(2) of Regulation (EU) 2024/1689; which events serve which letter is
this project's reading.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import rfc8785

from averment.compliance.event_coverage import EventCoverage, event_coverage
from averment.compliance.events import Leaf

OSCAL_VERSION: Final = "1.2.1"
_NAMESPACE: Final = uuid.UUID("5b2f2b26-0a7b-5c8e-9d57-6a1f3c0de002")
_INTEGRITY: Final = "art-12.1"
_LETTERS: Final = "abc"
Member = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCheck:
    """How a check of the whole log ended.

    `root` is the root hash of the checkpoint in hexadecimal, `problem` the first thing that does not fit (empty where
    all does), and `not_established` is what a passed check does not show.
    """

    root: str
    problem: str
    not_established: tuple[str, ...]


def assessment_results(leaves: Sequence[Leaf], check: LogCheck) -> bytes:
    """Return the results as OSCAL JSON; the same bytes from the same state.

    Args:
        leaves: The log's entries, at least one.
        check: How the check of the log ended.
    """
    return rfc8785.dumps(_Results(leaves, check).document())  # type: ignore[arg-type]  # plain JSON values


class _Results:
    def __init__(self, leaves: Sequence[Leaf], check: LogCheck):
        self._check = check
        self._coverage = event_coverage(leaves)
        self._version = str(cast("Mapping[str, str]", leaves[-1]["system"])["version"])
        self._start, self._end = str(leaves[0]["time"]), str(leaves[-1]["time"])

    def document(self) -> Member:
        plan = self._uuid("plan")
        objectives = dict(self._objectives())
        return {
            "assessment-results": {
                "uuid": self._uuid("document"),
                "metadata": {
                    "title": "What the evidence log shows",
                    "last-modified": self._end,
                    "version": self._check.root,
                    "oscal-version": OSCAL_VERSION,
                    "remarks": "Made by averment audit export. " + _sentences(self._check.not_established),
                },
                "import-ap": {"href": f"#{plan}"},
                "local-definitions": {
                    "objectives-and-methods": [
                        {"control-id": control, "parts": [_objective(control, prose)]}
                        for control, prose in objectives.items()
                    ]
                },
                "results": [self._result(list(objectives))],
                "back-matter": {
                    "resources": [
                        {
                            "uuid": plan,
                            "title": "No plan beside these results",
                            "description": "The objectives and how they are examined are defined in these results.",
                        }
                    ]
                },
            }
        }

    def _objectives(self) -> Iterator[tuple[str, str]]:
        yield _INTEGRITY, "Every entry and file of the log fits the checkpoint that its key signed."
        for letter in _LETTERS:
            yield _control(letter), f"Events of kinds that serve Article 12(2)({letter}) stand in the log."

    def _result(self, controls: Sequence[str]) -> Member:
        return {
            "uuid": self._uuid("result"),
            "title": "The log and its events",
            "description": "A check of the whole log, and its entries counted by kind.",
            "start": self._start,
            "end": self._end,
            "reviewed-controls": {
                "control-selections": [{"include-controls": [{"control-id": control} for control in controls]}]
            },
            "observations": [self._checked(), *(self._counted(row) for row in self._coverage if row.entries)],
            "findings": [self._integrity(), *(self._recorded(letter) for letter in _LETTERS)],
        }

    def _checked(self) -> Member:
        outcome = f"Fails: {self._check.problem}" if self._check.problem else "Every file and entry fits."
        return self._observation("check", f"The log was verified. {outcome}", method="TEST")

    def _counted(self, row: EventCoverage) -> Member:
        said = f"{row.entries} entries of the kind {row.type}, the first at {row.first}, the last at {row.last}."
        return self._observation(row.type, said, method="EXAMINE")

    def _observation(self, name: str, description: str, *, method: str) -> Member:
        return {
            "uuid": self._uuid(f"observation/{name}"),
            "title": name,
            "description": description,
            "methods": [method],
            "collected": self._end,
        }

    def _integrity(self) -> Member:
        state = "not-satisfied" if self._check.problem else "satisfied"
        return self._finding(_INTEGRITY, ["check"], state=state, remarks=self._check.problem)

    def _recorded(self, letter: str) -> Member:
        rows = [row for row in self._coverage if letter in row.serves]
        seen = [row.type for row in rows if row.entries]
        never = [row.type for row in rows if not row.entries]
        remarks = f"Declared, never seen: {', '.join(never)}." if never else ""
        return self._finding(_control(letter), seen, state="satisfied" if seen else "not-satisfied", remarks=remarks)

    def _finding(self, control: str, observed: Sequence[str], *, state: str, remarks: str) -> Member:
        finding: dict[str, object] = {
            "uuid": self._uuid(f"finding/{control}"),
            "title": control,
            "description": "A fact about the log; it does not say that the law is met.",
            "target": {"type": "objective-id", "target-id": _objective_id(control), "status": {"state": state}},
        }
        if observed:
            finding["related-observations"] = [
                {"observation-uuid": self._uuid(f"observation/{name}")} for name in observed
            ]
        return finding | ({"remarks": remarks} if remarks else {})

    def _uuid(self, name: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self._check.root}/{name}"))


def _objective(control: str, prose: str) -> Member:
    return {"id": _objective_id(control), "name": "assessment-objective", "prose": prose}


def _objective_id(control: str) -> str:
    return f"{control}_obj"


def _control(letter: str) -> str:
    return f"art-12.2.{letter}"


def _sentences(lines: Sequence[str]) -> str:
    return f"Not established: {'; '.join(lines)}."
