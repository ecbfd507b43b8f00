from pathlib import Path
from typing import Any

from averment.evaluation.answers.report import write_report
from averment.evaluation.answers.summary import compare, known_before, summarise

from .test_summary import row


def result(reply: str) -> dict[str, Any]:
    ours = [row(1, right=True, note="answered", reply=reply), row(2, right=False, note="answered", reply="no")]
    plain = [row(1, right=False, note="", reply=""), row(2, right=False, answered=False, note="invalid", reply="")]
    rows = {"ours": ours, "plain": plain}
    return {
        "created_at": "2026-01-01T00:00:00Z",
        "settings": {"limit": 2, "seed": 3, "input": "native"},
        "embedder": "e",
        "model": None,
        "configuration_digest": "sha256:c0ffee",
        "joules_unknown_because": "this machine shows no RAPL counters",
        "benchmarks": {
            "small": {
                "questions": 2,
                "of": 9,
                "documents": 4,
                "arms": {name: summarise(found, seed=0) for name, found in rows.items()},
                "contamination": known_before(ours, plain),
                "decisions": {"ours": {"made": 7, "kept": 3}},
                "differences": {"ours against plain": compare(ours, plain, seed=0)},
                "rows": rows,
            }
        },
    }


def test_arms_stand_side_by_side_and_replies_are_no_markup(tmp_path: Path) -> None:
    write_report(result("<script>alert(1)</script>"), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "alert(1)" in text
    assert "<script>alert" not in text
    assert "2 of 9 questions over 4 documents" in text
    assert "+0.500" in text
    assert "sha256:c0ffee" in text
    assert "Joules unknown: this machine shows no RAPL counters" in text
    assert "answered 0 questions rightly" in text
    assert text.count("<tr class=bad>") == 2  # wrong answers stand out, abstentions do not
    assert "http" not in text.replace("http-equiv", "")


def test_sets_of_documents_have_a_table_of_their_own(tmp_path: Path) -> None:
    made = result("yes")
    write_report(made, tmp_path / "without.html")
    assert "Sets of documents" not in (tmp_path / "without.html").read_text()
    asked = row(1, right=False, note="", reply="")
    asked["judged"] |= {"set_precision": 0.25, "set_recall": 0.75, "quality": 0.375}
    made["benchmarks"]["small"]["arms"]["ours"] = summarise([asked], seed=0)
    write_report(made, tmp_path / "with.html")
    text = (tmp_path / "with.html").read_text()
    assert "Sets of documents" in text
    assert "ours: 7 decisions of a document and a property made, 3 known before." in text
    assert all(figure in text for figure in ("0.250", "0.750", "0.375"))
