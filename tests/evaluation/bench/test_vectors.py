"""Every way of keeping vectors is built from the same points and compared with the first."""

import pytest

from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.vectors import NAME, WAYS, measure, ways
from tests.evaluation.bench.conftest import check_rows


def test_full_vectors_come_first_and_every_setting_is_tried() -> None:
    options = list(WAYS.values())
    assert options[0].built_as() == {"quantization": "none", "vectors_on_disk": False, "payload_on_disk": False}
    assert {one.quantization for one in options} == {"none", "int8", "binary"}
    assert any(one.vectors_on_disk for one in options)
    assert any(one.payload_on_disk for one in options)


@pytest.mark.slow
def test_a_quick_run_compares_two_ways(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    tried = [name for name in WAYS if any(f", {name}, building" in row.name for row in rows)]
    assert tried == list(ways(plan))
    assert len(tried) == 2
    assert rows[-1].note, "recall needs the pack"
