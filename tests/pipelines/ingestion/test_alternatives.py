"""Alternative contents: what programs of today show is read, once."""

import pytest

from averment.pipelines.ingestion.alternatives import choose
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import NAMES, paragraph, run, word_file


@pytest.mark.parametrize(("needs", "shown"), [("wps", "new"), ("", "new"), ("wps unknown", "old")])
def test_a_choice_counts_when_all_it_needs_is_known(needs: str, shown: str) -> None:
    body = (
        f'<w:p><mc:AlternateContent><mc:Choice Requires="{needs}">{run("new")}</mc:Choice>'
        f"<mc:Fallback>{run('old')}</mc:Fallback></mc:AlternateContent></w:p>"
    )
    parsed = partition(word_file(paragraph("Start.") + body), name="a.docx")
    assert [element.text for element in parsed.elements] == ["Start.", shown]
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete


def test_nothing_is_left_of_one_that_fits_nowhere() -> None:
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    root = etree.fromstring(f'<x {NAMES}><mc:AlternateContent><mc:Choice Requires="no"/></mc:AlternateContent><y/></x>')
    choose(root)
    assert [child.tag for child in root] == ["y"]
