from averment.compliance.documents.evidence import EvidenceList, content_evidence
from averment.compliance.documents.sheet import Sheet
from averment.compliance.documents.words import Words

EVIDENCE = content_evidence(b"facts", path="facts.json")


def sheet() -> Sheet:
    return Sheet(Words("en"), EvidenceList())


def test_a_sentence_carries_the_names_of_its_evidence() -> None:
    written = sheet()
    written.say("a", "no_model", on=[EVIDENCE, EVIDENCE])
    (block,) = written.blocks("a")
    assert (block.made_by, block.evidence) == ("machine", ("E1",))
    assert written.blocks("b") == ()


def test_what_rests_on_nothing_is_not_said() -> None:
    written = sheet()
    written.say("a", "no_model", on=[])
    written.table("a", "settings", columns=("setting", "value"), rows=[("x", "1")], on=[])
    written.table("a", "settings", columns=("setting", "value"), rows=[], on=[EVIDENCE])
    assert written.blocks("a") == ()


def test_empty_cells_are_dashes() -> None:
    written = sheet()
    written.table("a", "settings", columns=("setting", "value"), rows=[("x", None), ("y", 0)], on=[EVIDENCE])
    (block,) = written.blocks("a")
    assert (block.columns, block.rows) == (("setting", "value"), (("x", "–"), ("y", "0")))


def test_gaps_and_exclusions_have_words() -> None:
    written = sheet()
    assert written.gap("a") == "The system has nothing on record for this field."
    written.lacks("a", "no_evaluation")
    assert "evaluation" in written.gap("a")
    written.say("b", "no_model", on=[EVIDENCE])
    assert written.gap("b") == ""
    written.lacks("b", "no_evaluation")
    assert "evaluation" in written.gap("b")
    assert written.ruled_out("a") == ""
    written.rule_out("a", "no_standard_cited", read_on="2026-10")
    assert "2026-10" in written.ruled_out("a")
