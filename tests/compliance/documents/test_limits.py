from averment.compliance.documents.filled import Block, FilledField, Status
from averment.compliance.documents.limits import not_established
from averment.compliance.documents.words import Words

ALWAYS = ("requirements are met", "nothing in it was changed", "operator's clock", "No checkpoint kept elsewhere")


def field(status: Status, *, verified: bool = True) -> FilledField:
    blocks = (Block(made_by="people", text="T"),) if status is Status.PROVIDED else ()
    return FilledField(
        title="T", asks="?", filled_by="people", verified=verified, status=status, reason="R", blocks=blocks
    )


def test_a_document_always_says_what_no_document_can_establish() -> None:
    said = " ".join(not_established({}, Words("en")))
    assert all(part in said for part in ALWAYS)


def test_missing_stale_unsigned_and_unverified_fields_are_named() -> None:
    fields = {
        "a": field(Status.MISSING), "b": field(Status.STALE), "c": field(Status.PROVIDED),
        "d": field(Status.NOT_APPLICABLE, verified=False),
    }  # fmt: skip
    said = not_established(fields, Words("en"))
    assert [line.rpartition(": ")[2] for line in said[-4:]] == ["a.", "b.", "c.", "d."]
    assert "veraltet" in " ".join(not_established(fields, Words("de")))
