"""Evidence is kept from the first entry of an answer to the opening of its case."""

import pytest

from averment.compliance.incidents.cases import CASE_TYPES
from averment.compliance.incidents.desk import IncidentDesk, Opening
from averment.compliance.incidents.freezing import holders_of
from tests.compliance.oversight.office import Office


@pytest.mark.slow
def test_entries_of_an_answer_are_kept_for_its_case_and_later_ones_are_not(office: Office, desk: IncidentDesk) -> None:
    office.answer("a-0")
    answer = office.answer("a-1")
    assert answer.receipt is not None
    case = desk.open(
        Opening(reason="x", system="sha256:" + "a" * 64, role="deployer", answers=("a-1",)), subject="anna"
    )
    leaves = office.record.leaves(CASE_TYPES)
    index = answer.receipt.index
    assert case.frozen == ((index - 1, case.entry + 1),)
    assert [holders_of(entry, leaves) for entry in (index - 2, index - 1, index, case.entry)] == [
        [], [case.id], [case.id], [case.id],
    ]  # fmt: skip
    assert holders_of(case.entry + 1, leaves) == []
    whole = desk.open(Opening(reason="x", system="sha256:" + "a" * 64, role="deployer"), subject="anna")
    assert holders_of(0, office.record.leaves(CASE_TYPES)) == [whole.id]
