"""The rules of style sheets as far as documents use them: which declarations hold for an element.

Selectors of tags, classes, ids and attributes are followed, alone or one within the other (`.a p`, `div > p`). Rules
for paper alone are passed over, as are selectors that ask for more (`:hover`, `:first-child`, siblings) and linked
style sheets, which a document must not need. Everything is read in one pass: style sheets may be hostile.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

_COMPOUND: Final = re.compile(
    r"(?P<tag>[a-zA-Z][\w:-]{0,60}|\*)?(?P<rest>(?:[.#][\w-]{1,100}|\[[\w:-]{1,60}(?:=[\"']?[\w -]{0,100}[\"']?)?\])*)"
)
_PART: Final = re.compile(r"([.#])([\w-]+)|\[([\w:-]+)(?:=[\"']?([\w -]*)[\"']?)?\]")
_MAX_RULES: Final = 5_000
_MAX_STEPS: Final = 12
_MAX_CLIMB: Final = 200
_MAX_SELECTOR_CHARS: Final = 400


class _Step(NamedTuple):
    """One part of a selector: what an element must be; `is_child` where it must be the parent of the next."""

    tag: str
    classes: frozenset[str]
    identity: str
    attributes: tuple[tuple[str, str | None], ...]
    is_child: bool

    def fits(self, element: Any) -> bool:
        """Tell whether an element is what this part asks for."""
        if not isinstance(element.tag, str) or (self.tag and element.tag.lower() != self.tag):
            return False
        if self.identity and element.get("id") != self.identity:
            return False
        if self.classes and not self.classes <= set((element.get("class") or "").split()):
            return False
        return all(
            element.get(name) is not None and (value is None or element.get(name) == value)
            for name, value in self.attributes
        )


class Rule(NamedTuple):
    """Declarations for the elements that a selector, its last part first, asks for."""

    steps: tuple[_Step, ...]
    declarations: str

    def fits(self, element: Any) -> bool:
        """Tell whether the rule holds for an element."""
        if not self.steps[0].fits(element):
            return False
        outer = element
        for step in self.steps[1:]:
            outer = _climb(outer.getparent(), step)
            if outer is None:
                return False
        return True


def _climb(element: Any, step: _Step) -> Any:
    for _ in range(_MAX_CLIMB):
        if element is None or step.fits(element):
            return element
        if step.is_child:
            return None
        element = element.getparent()
    return None


@dataclass(slots=True)
class RuleBook:
    """Rules by what the last part of their selectors asks for, so that few are tried for an element."""

    by_key: dict[str, list[tuple[int, Rule]]] = field(default_factory=dict)
    n_rules: int = 0

    def add(self, selector: str, declarations: str) -> None:
        """Add a rule; one whose selector asks for more than is followed here is passed over."""
        steps = _steps(selector)
        if not steps or self.n_rules >= _MAX_RULES:
            return
        last = steps[0]
        key = next(
            (
                key
                for key in (
                    f"#{last.identity}" if last.identity else "",
                    f".{min(last.classes)}" if last.classes else "",
                    last.tag,
                )
                if key
            ),
            "*",
        )
        self.by_key.setdefault(key, []).append((self.n_rules, Rule(steps, declarations)))
        self.n_rules += 1

    def declarations(self, element: Any) -> list[str]:
        """Return what the rules say of an element, in their order."""
        if not self.by_key:
            return []
        keys = [f".{name}" for name in (element.get("class") or "").split()[:20]]
        if element.get("id"):
            keys.append(f"#{element.get('id')}")
        found = [
            (number, rule)
            for key in (*keys, element.tag, "*")
            for number, rule in self.by_key.get(key, ())
            if rule.fits(element)
        ]
        return [rule.declarations for _, rule in sorted(found, key=lambda one: one[0])]


def read_rules(sheets: Sequence[str], *, telling: Sequence[str]) -> RuleBook:
    """Read style sheets.

    Args:
        sheets: Their texts, in order.
        telling: Rules without any of these words are passed over.
    """
    book = RuleBook()
    for sheet in sheets:
        for selectors, body in _rules(_without_comments(sheet)):
            if any(word in body for word in telling):
                for selector in selectors.split(","):
                    book.add(selector.strip(), body)
    return book


def _without_comments(sheet: str) -> str:
    parts = []
    position = 0
    while (start := sheet.find("/*", position)) >= 0:
        parts.append(sheet[position:start])
        end = sheet.find("*/", start + 2)
        if end < 0:
            return " ".join(parts)
        position = end + 2
    return " ".join([*parts, sheet[position:]])


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations; groups of rules for the screen are opened, those for paper passed over."""
    position = 0
    head = ""
    skipped: list[bool] = []
    for match in re.finditer(r"[{};]", sheet):
        sign, text = match.group(), sheet[position : match.start()].strip()
        if sign == ";":
            if text.startswith("@"):
                position = match.end()
            continue
        if sign == "{":
            is_paper = text.startswith("@") and not _is_for_screen(text)
            skipped.append(is_paper or (bool(skipped) and skipped[-1]))
            head = "" if text.startswith("@") or skipped[-1] else text
        elif skipped:
            skipped.pop()
            if head:
                yield head, text.lower()
            head = ""
        position = match.end()


def _is_for_screen(rule: str) -> bool:
    words = rule.lower().split()
    if words[0] in ("@supports", "@layer", "@container"):
        return True
    return words[0] == "@media" and not ("print" in rule.lower() and "screen" not in rule.lower())


def _steps(selector: str) -> tuple[_Step, ...]:
    """Return the parts of a selector, the last first; nothing for one that asks for more than is followed here."""
    if not selector or len(selector) > _MAX_SELECTOR_CHARS:
        return ()
    words = selector.replace(">", " > ").split()
    if len(words) > 2 * _MAX_STEPS:
        return ()
    steps: list[_Step] = []
    is_child = False
    for word in reversed(words):
        if word == ">":
            is_child = True
            continue
        match = _COMPOUND.fullmatch(word)
        if match is None:
            return ()
        steps.append(_step(match, is_child=is_child))
        is_child = False
    return tuple(steps)


def _step(match: re.Match[str], *, is_child: bool) -> _Step:
    classes, identity, attributes = set(), "", []
    for sign, name, attribute, value in _PART.findall(match["rest"]):
        if sign == ".":
            classes.add(name)
        elif sign == "#":
            identity = name
        else:
            attributes.append((attribute, value or None))
    tag = "" if match["tag"] in (None, "*") else match["tag"].lower()
    return _Step(tag, frozenset(classes), identity, tuple(attributes), is_child)
