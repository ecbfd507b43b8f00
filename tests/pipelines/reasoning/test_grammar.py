"""Expressions parse to trees, print back to themselves, and refuse everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning import grammar
from averment.pipelines.reasoning.grammar import Binary, Call, ExpressionError, Literal, Name, Negation, Node

LEAVES = st.one_of(
    st.sampled_from(sorted(grammar.LITERALS)).map(Literal),
    st.from_regex(r"[cd][1-9][0-9]?", fullmatch=True).map(Name),
)
TREES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(Negation),
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(Call, st.sampled_from(sorted(grammar.FUNCTIONS)), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)


@given(TREES)
def test_writing_and_parsing_give_the_same_tree(tree: Node) -> None:
    assert grammar.parse(grammar.write(tree)) == tree


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        tree = grammar.parse(text)
    except ExpressionError:
        return
    assert grammar.parse(grammar.write(tree)) == tree


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "c1 +",
        "(c1",
        "c1 c2",
        "__import__('os')",
        "c1.real",
        "c1 ** c2",
        "eval(c1)",
        "c1 if c2 else c3",
        "42",
        "c1 + 1031",
        "sum()",
        "(" * 200 + "c1" + ")" * 200,
        "-" * 500 + "c1",
        "lambda: 0",
    ],
)
def test_what_is_not_of_the_grammar_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        grammar.parse(expression)


def test_precedence_and_names() -> None:
    tree = grammar.parse("c1 - c2 * -c3 / (c1 + 1)")
    assert grammar.names(tree) == ("c1", "c2", "c3")
    assert isinstance(tree, Binary)
    assert tree.sign == "-"
