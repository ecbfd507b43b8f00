import json

import pytest

from averment.compliance.marks import json_mark
from tests.compliance.marks.files import JSON


def test_spelling_of_a_document_does_not_count_and_its_content_does() -> None:
    spaced = json.dumps(json.loads(JSON), indent=4).encode()
    assert json_mark.canonical(spaced) == json_mark.canonical(json_mark.embed(JSON, "mark"))
    assert json_mark.canonical(JSON.replace(b"0.25", b"0.26")) != json_mark.canonical(JSON)


def test_what_is_no_object_cannot_be_marked() -> None:
    with pytest.raises(ValueError, match="no object"):
        json_mark.extract(b"[]")
    assert json_mark.extract(b'{"averment_mark": 1}') is None
