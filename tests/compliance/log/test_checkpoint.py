"""The text of a checkpoint has one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.compliance.log.checkpoint import Checkpoint, is_origin_of, origin_year, shard_origin
from averment.core.errors import AuditIntegrityError


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_text_and_checkpoint_are_the_same_thing(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin="example.com/log", size=size, root=root, extensions=("extra line",))
    assert Checkpoint.parse(checkpoint.text(), name="c") == checkpoint


ROOT = "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"origin\n1\n{ROOT}\n\n",
        f"origin\n1\n{ROOT[:-2]}9=\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n****\n",
        f"origin\n١\n{ROOT}\n",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(AuditIntegrityError, match=r"^kept/1: "):
        Checkpoint.parse(text, name="kept/1")


def test_a_shard_has_the_logs_name_or_that_and_a_year() -> None:
    assert shard_origin("a.example/log", 2027) == "a.example/log/2027"
    assert is_origin_of("a.example/log", "a.example/log")
    assert is_origin_of("a.example/log/2027", "a.example/log")
    for other in ("a.example/log/27", "a.example/log/20270", "a.example/log/2027/2028", "a.example/lo", "b/2027", ""):
        assert not is_origin_of(other, "a.example/log"), other
    assert origin_year("a.example/log/2027", "a.example/log") == 2027
    assert origin_year("a.example/log", "a.example/log") is None
