import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import SourceItem, SourceRef
from averment.core.jsonable import to_json


@dataclass(frozen=True)
class Sample:
    amount: Decimal
    when: datetime
    many: tuple[int, ...]


def test_conventions() -> None:
    sample = Sample(Decimal("1E+3"), datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC), (1, 2))
    assert to_json(sample) == {"amount": "1000", "when": "2026-01-02T03:04:05.678Z", "many": [1, 2]}
    assert to_json(date(2026, 1, 2)) == "2026-01-02"


def test_what_can_be_called_is_left_out() -> None:
    item = SourceItem(
        ref=SourceRef(connector="c", uri="u", revision="r"), media_type="m", size_bytes=1, title="t",
        access=AccessLabel(), open=io.BytesIO,
    )  # fmt: skip
    body = to_json(item)
    assert isinstance(body, dict)
    assert "open" not in body


def test_what_has_no_json_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        to_json({"a": object()})
