"""Records as people write them."""

import pytest

from averment.compliance.purposes.record import annex_iii, new_record, parse_record, record_digest, write_record
from averment.core.errors import ConfigurationError
from tests.compliance.purposes.records import answered, under


def test_a_new_record_asks_every_point_of_annex_iii_and_answers_none() -> None:
    record = new_record("review", description="d", owner="o", intended_use="u")
    areas = {point.partition(".")[0] for point in record.annex_iii}
    assert areas == {str(number) for number in range(1, 9)}
    assert {answer.applies for answer in record.annex_iii.values()} == {None}
    assert record.profiles_natural_persons is None


def test_a_record_survives_its_file_and_the_digest_is_of_its_content() -> None:
    record = under("5.b", profiles_natural_persons=True)
    text = write_record(record)
    assert parse_record(text, name="x") == record
    assert record_digest(parse_record("# a comment\n" + text, name="x")) == record_digest(record)
    assert record_digest(record.model_copy(update={"intended_use": "another"})) != record_digest(record)


def test_the_file_marks_what_nobody_verified() -> None:
    text = write_record(answered())
    assert "#   2  critical infrastructure: read point 2 (unverified)" in text
    assert "#   5.b  creditworthiness or a credit score of natural persons\n" in text
    assert {point.point for point in annex_iii().points if point.verified} >= {"4.a", "4.b", "5.a", "5.b", "5.c", "8.a"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no YAML"),
        ("code: review", "does not follow its schema"),
        (write_record(answered()).replace("'2':", "'9':"), "points missing"),
        (write_record(answered()) + "approved: true\n", "approved"),
        (write_record(answered()).replace("code: contract-review", "code: Contract Review"), "code"),
    ],
)
def test_what_is_no_record_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_record(text, name="review.yaml")
