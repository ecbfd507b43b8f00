"""Steps on the tree of a DOCX part."""

from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

from averment.pipelines.ingestion.docx_tree import above, local, made_paragraph, named, remove, text_of, unwrap
from tests.pipelines.ingestion.office_files import NAMES, paragraph, run


def test_elements_are_taken_out_opened_and_found() -> None:
    root = etree.fromstring(f"<w:body {NAMES}><w:ins>{paragraph('one')}{paragraph('two')}</w:ins><w:x/></w:body>")
    unwrap(root[0])
    assert [local(child) for child in root] == ["p", "p", "x"]
    remove(root[2])
    assert [text_of(one) for one in named(root, "p")] == ["one", "two"]
    assert above(next(named(root, "t")), "p") is root[0]
    assert above(root[0], "tc") is None


def test_text_has_spaces_for_tabs_and_breaks_and_none_between_runs() -> None:
    root = etree.fromstring(
        f"<w:p {NAMES}>{run('a')}{run('b')}<w:r><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>"
    )
    assert text_of(root) == "ab c-d"
    assert text_of(made_paragraph(" kept ")) == " kept "
