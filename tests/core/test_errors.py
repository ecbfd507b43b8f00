import pickle

import pytest

from averment.core import errors
from averment.service.errors import status_of


def every_error() -> list[type[errors.AvermentError]]:
    found, queue = [], [errors.AvermentError]
    while queue:
        current = queue.pop()
        found.append(current)
        queue.extend(current.__subclasses__())
    return [cls for cls in found if cls.__module__ == errors.__name__]


@pytest.mark.parametrize("cls", every_error())
def test_every_error_has_a_code_a_docstring_a_status_an_exit_code_and_pickles(cls: type[errors.AvermentError]) -> None:
    error = cls("it failed", hint="mend it", details={"page": 3})
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.message, copy.hint, copy.details) == (cls, "it failed", "mend it", {"page": 3})
    assert cls.__doc__
    assert len(cls.code) == 6
    assert 400 <= status_of(error) < 600
    assert errors.exit_code(error) in {1, 2, 3, 4}


def test_codes_are_unique() -> None:
    codes = [cls.code for cls in every_error()]
    assert len(codes) == len(set(codes))


def test_a_problem_document_names_code_title_and_mend() -> None:
    body = errors.problem(errors.DocumentEncrypted("x.pdf needs a password", hint="give it"), status=500)
    assert body["code"] == "DOC003"
    assert body["title"] == "The document needs a password."
    assert body["hint"] == "give it"
    assert body["status"] == 500
