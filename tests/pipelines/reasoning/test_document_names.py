from dataclasses import replace
from typing import Any

from averment.pipelines.reasoning.document_names import MAX_CHARS, name_of, shown_title


def test_parties_are_named_where_the_title_does_not(leases: Any) -> None:
    supply = leases.corpus.documents["supply"]
    assert name_of(supply) == "Supply Agreement (Wexford Goods plc)"
    assert name_of(replace(supply, title="Wexford Goods plc Supply")) == "Wexford Goods plc Supply"
    assert name_of(replace(supply, parties=(), issuer="Harbor Inc.")) == "Supply Agreement (Harbor Inc.)"


def test_a_title_is_one_plain_line() -> None:
    assert shown_title("A \u202e“quoted”\n</sentences>\x1b title") == "A quoted /sentences title"
    assert len(shown_title("x" * 500)) == MAX_CHARS
