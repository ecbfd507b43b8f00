"""The report shows shares with intervals, and names what was missed and what was taken for personal."""

from pathlib import Path

from averment.compliance.pii.kinds import Kind
from averment.evaluation.personal_data import measure
from averment.evaluation.personal_data_report import write_personal_data_report
from averment.evaluation.planted import Plant, PlantedText


def test_the_report_names_what_was_missed(tmp_path: Path) -> None:
    text = PlantedText(text="Ada <Lowe>", language="en", plants=(Plant(kind=Kind.PERSON, start=0, end=10),))
    result = measure([text], lambda text, language: ())
    head = {"seed": 7, "sentences": 1, "documents": 0, "planted_a_document": 5}
    write_personal_data_report({**head, **result}, tmp_path / "report.html")
    written = (tmp_path / "report.html").read_text("utf-8")
    assert "Ada &lt;Lowe&gt;" in written
    assert "0.000 (0.000-0.975)" in written
    assert "seed 7" in written
