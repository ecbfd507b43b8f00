"""The expressions that values are computed from, and their parser.

    expression := term (("+" | "-") term)*
    term       := factor (("*" | "/") factor)*
    factor     := "-" factor | atom
    atom       := NUMBER | NAME | FUNCTION "(" expression ("," expression)* ")" | "(" expression ")"

Names are operands (`c12`, `d1`). Nothing of an expression is ever evaluated as Python. Literals are
limited to the few constants that formulas need, so that an expression cannot carry a number of its own.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from averment.core.errors import AvermentError

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 30
LITERALS: Final = frozenset(Decimal(number) for number in (0, 1, 2, 4, 12, 100, 365))
FUNCTIONS: Final = frozenset(
    {
        "sum",
        "avg",
        "min",
        "max",
        "abs",
        "count",
        "percent",
        "days",
        "months",
        "add",
        "add_days",
        "add_months",
        "deadline",
    }
)
_TOKEN: Final = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/(),]))")


class ExpressionError(AvermentError):
    """An expression is malformed or its units, periods or operands do not go together."""

    code = "RSN001"


@dataclass(frozen=True, slots=True)
class Literal:
    """One of the allowed constants."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    """A named operand."""

    name: str


@dataclass(frozen=True, slots=True)
class Negation:
    """A sign change."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """An addition, subtraction, multiplication or division."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to its arguments."""

    function: str
    arguments: tuple["Node", ...]


Node = Literal | Name | Negation | Binary | Call


def parse(expression: str) -> Node:
    """Parse an expression.

    Raises:
        ExpressionError: It is empty, too long, nested too deeply, or not of the grammar.
    """
    if not expression.strip() or len(expression) > MAX_LENGTH:
        raise ExpressionError(f"an expression has 1 to {MAX_LENGTH} characters, got {len(expression)}")
    parser = _Parser(_tokens(expression))
    node = parser.expression(0)
    parser.expect_end()
    return node


def names(node: Node) -> tuple[str, ...]:
    """Return the operand names of an expression in order of first use."""
    match node:
        case Name(name):
            return (name,)
        case Negation(inner):
            return names(inner)
        case Binary(_, left, right):
            return tuple(dict.fromkeys(names(left) + names(right)))
        case Call(_, arguments):
            return tuple(dict.fromkeys(name for argument in arguments for name in names(argument)))
        case _:
            return ()


def write(node: Node) -> str:
    """Write an expression in its canonical form; parsing that gives the same tree."""
    match node:
        case Literal(value):
            return str(value)
        case Name(name):
            return name
        case Negation(inner):
            return f"-{_bracketed(inner)}"
        case Binary(sign, left, right):
            return f"{_bracketed(left)} {sign} {_bracketed(right)}"
        case Call(function, arguments):
            return f"{function}({', '.join(write(argument) for argument in arguments)})"


def _bracketed(node: Node) -> str:
    return f"({write(node)})" if isinstance(node, Binary | Negation) else write(node)


def _tokens(expression: str) -> list[str]:
    tokens, position = [], 0
    stripped = expression.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise ExpressionError(f"an expression holds no {stripped[position]!r}; see the grammar")
        tokens.append(match[0].strip())
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]):
        self._tokens = tokens
        self._position = 0

    def _peek(self) -> str:
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._position += 1
        return token

    def _expect(self, token: str) -> None:
        got = self._take()
        if got != token:
            raise ExpressionError(f"an expression needs {token!r} where it has {got or 'its end'!r}")

    def expect_end(self) -> None:
        """Refuse anything after a whole expression."""
        if self._peek():
            raise ExpressionError(f"an expression ends before {self._peek()!r}")

    def expression(self, depth: int) -> Node:
        """Read terms joined by plus and minus."""
        if depth > MAX_DEPTH:
            raise ExpressionError(f"an expression nests at most {MAX_DEPTH} deep")
        node = self._term(depth)
        while self._peek() in ("+", "-") and self._peek():
            node = Binary(self._take(), node, self._term(depth))
        return node

    def _term(self, depth: int) -> Node:
        node = self._factor(depth)
        while self._peek() in ("*", "/") and self._peek():
            node = Binary(self._take(), node, self._factor(depth))
        return node

    def _factor(self, depth: int) -> Node:
        if self._peek() == "-":
            self._take()
            if depth > MAX_DEPTH:
                raise ExpressionError(f"an expression nests at most {MAX_DEPTH} deep")
            return Negation(self._factor(depth + 1))
        return self._atom(depth)

    def _atom(self, depth: int) -> Node:
        token = self._take()
        if token == "(":  # noqa: S105 - a token of the grammar
            node = self.expression(depth + 1)
            self._expect(")")
            return node
        if token[:1].isdigit():
            return self._literal(token)
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise ExpressionError(f"an expression needs a name, a number or a bracket, not {token or 'its end'!r}")
        return self._call(token, depth) if self._peek() == "(" else Name(token)

    def _literal(self, token: str) -> Node:
        value = Decimal(token)
        if value not in LITERALS:
            allowed = ", ".join(str(number) for number in sorted(LITERALS))
            raise ExpressionError(f"the constant {token!r} is not allowed; cite the number or use one of {allowed}")
        return Literal(value)

    def _call(self, function: str, depth: int) -> Node:
        if function not in FUNCTIONS:
            raise ExpressionError(f"there is no function {function!r}; use one of {', '.join(sorted(FUNCTIONS))}")
        self._expect("(")
        arguments = [self.expression(depth + 1)]
        while self._peek() == ",":
            self._take()
            arguments.append(self.expression(depth + 1))
        self._expect(")")
        return Call(function, tuple(arguments))
