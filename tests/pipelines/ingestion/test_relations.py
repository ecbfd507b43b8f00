"""What parts of an Office file refer to."""

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.relations import Relation, main_part, relations
from tests.pipelines.ingestion.office_files import packed, paragraph, word_file

LINKS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="a" Type="http://x/chart" Target="../charts/chart1.xml"/>
<Relationship Id="b" Type="http://x/image" Target="/ppt/media/x.png"/>
<Relationship Id="c" Type="http://x/hyperlink" Target="http://evil.example" TargetMode="External"/></Relationships>"""


def test_targets_are_parts_of_the_file_and_nothing_outside_it() -> None:
    archive = OfficeArchive(packed({"ppt/slides/_rels/s.xml.rels": LINKS}), limits=ParseLimits())
    assert relations(archive, "ppt/slides/s.xml") == {
        "a": Relation("chart", "ppt/charts/chart1.xml"),
        "b": Relation("image", "ppt/media/x.png"),
    }
    assert relations(archive, "ppt/slides/other.xml") == {}
    assert main_part(archive, default="word/document.xml") == "word/document.xml"


def test_a_main_part_may_have_any_name() -> None:
    parsed = partition(word_file(paragraph("Elsewhere."), main="word/document2.xml"), name="a.docx")
    assert parsed.text.strip() == "Elsewhere."
