from averment.compliance.documents.filled import Status
from tests.compliance.documents.builders import Place


def test_reviews_that_are_not_on_record_are_not_claimed(place: Place) -> None:
    fields = place.make("oversight").fields
    assert fields["14.4.c"].status is Status.PROVIDED
    assert "no entry of a review" in fields["14.4.d"].reason
