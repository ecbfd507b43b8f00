"""Documents are made in one place: logged as exports, filed, and refused where the kind does not fit."""

import json

import pytest

from averment.compliance.documents.kinds import kinds
from averment.core.errors import UsageError
from averment.service.log_desk import LogQuery
from averment.service.reporting import Order, kind_rows
from averment.service.runtime import Runtime

pytestmark = pytest.mark.slow


def test_a_document_is_logged_and_filed(runtime: Runtime) -> None:
    made = runtime.reports.make(Order(kind="literacy", form="json"), subject="ada")
    assert (made.file.file_name, made.file.media_type) == ("literacy.json", "application/json")
    assert json.loads(made.file.content)["kind"] == "literacy"
    found = runtime.log_desk.search(LogQuery(types=("access.exported",)), before=None, limit=5, subject="ada")
    assert [leaf["data"]["report"] for leaf in found.entries] == ["literacy"]  # type: ignore[index]  # a leaf's data
    rows = {row.kind: row.exported_at for row in kind_rows(runtime.data_dir.compliance)}
    assert set(rows) == set(kinds())
    assert rows["literacy"] == made.document.log.size
    assert rows["fria"] is None


def test_what_does_not_fit_is_refused_and_nothing_is_logged(runtime: Runtime) -> None:
    for order in (Order(kind="no-such"), Order(kind="incident"), Order(kind="literacy", about="x")):
        with pytest.raises(UsageError):
            runtime.reports.make(order, subject="ada")
    found = runtime.log_desk.search(LogQuery(types=("access.exported",)), before=None, limit=5, subject="ada")
    assert found.entries == ()
