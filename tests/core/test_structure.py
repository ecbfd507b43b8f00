"""Types of what documents say of themselves."""

import pytest

from averment.core.structure import CrossReference


@pytest.mark.parametrize(
    ("target", "is_external", "is_unresolved"), [(None, False, True), (None, True, False), (7, False, False)]
)
def test_a_reference_is_unresolved_where_its_own_document_lacks_the_part(
    target: int | None, is_external: bool, is_unresolved: bool
) -> None:
    found = CrossReference(label="section 1", start=0, end=9, target_start=target, is_external=is_external)
    assert found.is_unresolved == is_unresolved
