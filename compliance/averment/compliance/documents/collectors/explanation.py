"""Article 86: the role of the system and the main elements of one answer, from recorded facts alone.

The facts are those of `averment.compliance.explanation`. The chain of thought of a model is neither recorded nor a
reason; who decided about the affected person is for people to say.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.filled import EntryEvidence
from averment.compliance.documents.sheet import Sheet
from averment.compliance.explanation import Element, Explanation
from averment.core.errors import UsageError

Facts = Mapping[str, object]
_LISTED: Final = ("documents", "warnings")
_MEMBERS: Final = (
    "documents_in_scope", "documents_read", "sections_read", "pages_unreadable", "exhaustive", "estimated_recall",
    "score", "threshold", "bound", "calibrated",
)  # fmt: skip


def collect(sources: Sources, sheet: Sheet) -> None:
    """Say what the log has of the answer.

    Raises:
        UsageError: No explanation was made of an answer.
    """
    made = sources.explanation
    if made is None:
        raise UsageError("an explanation is made from a recorded answer", hint="averment report explanation --about ID")
    _Explained(made, sources, sheet).write()


class _Explained:
    def __init__(self, made: Explanation, sources: Sources, sheet: Sheet):
        self._made = made
        self._sources = sources
        self._sheet = sheet

    def write(self) -> None:
        self._role()
        self._elements()
        self._sentences()
        self._words()
        self._people()

    def _role(self) -> None:
        words = self._sheet.words
        asked, status, model = self._of("asked_at")[0], self._of("status")[0], self._of("model")
        self._sheet.say(
            "86.role",
            "asked",
            on=self._evidence([asked]),
            time=asked.value,
            purpose=self._of("purpose")[0].value,
            mode=words.named("mode", self._of("mode")[0].value),
            channel=self._sources.log.entry(asked.entry).fact("channel"),
            model=model[0].value if model else words("none"),
        )
        answered = self._evidence([status])
        state, method = words.named("answer", status.value), words.named("method", self._made.role)
        self._sheet.say("86.role", "answered", on=answered, status=state, method=method)
        self._sheet.say("86.role", "no_thoughts", on=answered)

    def _elements(self) -> None:
        elements = [element for name in (*_LISTED, "coverage", "confidence") for element in self._of(name)]
        rows = [row for element in elements for row in self._rows(element)]
        self._table("elements", ("element", "value"), rows, elements)

    def _rows(self, element: Element) -> list[tuple[str, str]]:
        title = self._sheet.words(f"element_{element.name}")
        if element.name in _LISTED:
            return [(title, ", ".join(map(str, cast("Sequence[object]", element.value))))]
        members = cast("Facts", element.value or {})
        known = [name for name in _MEMBERS if members.get(name) is not None]
        return [(f"{title}: {self._sheet.words(f'member_{name}')}", self._plain(members[name])) for name in known]

    def _sentences(self) -> None:
        elements = self._of("sentence")
        rows = []
        for number, element in enumerate(elements, start=1):
            said = cast("Facts", element.value)
            checks = cast("Sequence[Facts]", said["checks"])
            passed = sum(bool(check["passed"]) for check in checks)
            places = "; ".join(self._place(place) for place in cast("Sequence[Facts]", said["places"]))
            kind, verdict = (self._sheet.words.named(name, said[name]) for name in ("kind", "verdict"))
            rows.append((number, kind, verdict, f"{passed} / {len(checks)}", places))
        self._table("explained_sentences", ("sentence", "kind", "verdict", "checks", "places"), rows, elements)

    def _words(self) -> None:
        """Quote question and sentences where they are given."""
        question, sentences = self._of("question"), self._of("sentence")
        said = [cast("Facts", element.value) for element in sentences]
        rows = [(self._sheet.words("question"), str(question[0].value))] if question[0].value is not None else []
        rows += [(str(n), str(one["text"])) for n, one in enumerate(said, start=1) if one["text"] is not None]
        self._sheet.quote(
            "86.elements",
            "recorded_words",
            columns=("sentence", "words"),
            rows=rows,
            on=self._evidence([*question, *sentences]),
            is_generated=any(one["kind"] == "statement" for one in said),
        )

    def _people(self) -> None:
        decisions, on = self._of("human_decision"), self._of("human_review") or self._of("status")
        self._sheet.say("86.human", f"human_{self._made.human}", on=self._evidence(on))
        rows = []
        for element in decisions:
            fact = cast("Facts", element.value)
            decision = self._sheet.words.named("decision", fact["decision"])
            shown = (fact["decided_at"], decision, fact["reason"], fact["seconds_viewed"])
            rows.append((str(fact["reviewer"])[-12:], *shown))
        columns = ("reviewer", "time", "decision", "reason", "seconds")
        self._table("reviewed_by", columns, rows, decisions, field="86.human")

    def _table(
        self,
        key: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        elements: Sequence[Element],
        *,
        field: str = "86.elements",
    ) -> None:
        self._sheet.table(field, key, columns=columns, rows=rows, on=self._evidence(elements))

    def _place(self, place: Facts) -> str:
        page = f", {self._sheet.words('place_page', page=place['page'])}" if place["page"] is not None else ""
        return f"{place['document_id']} {place['start']}–{place['end']}{page}"

    def _plain(self, value: object) -> str:
        if isinstance(value, bool):
            return self._sheet.words("yes" if value else "no")
        return f"{value:.3f}" if isinstance(value, float) else str(value)

    def _of(self, name: str) -> list[Element]:
        return [element for element in self._made.elements if element.name == name]

    def _evidence(self, elements: Sequence[Element]) -> list[EntryEvidence]:
        entries = dict.fromkeys(element.entry for element in elements)
        return [self._sources.log.entry(entry).evidence for entry in entries]
