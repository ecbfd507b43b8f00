"""All recognisers together, with Presidio where the extra `pii` is installed."""

import socket
from collections.abc import Iterator

import pytest

from averment.compliance.pii import detector
from averment.compliance.pii.detector import PersonalDataFinder
from averment.compliance.pii.kinds import Kind
from averment.core.errors import ConfigurationError, UsageError

ENGLISH = (
    "Made with Acme Holdings, Inc. The work was inspected yesterday by Margaret Thompson and later by "
    "Daniel Brooks. Brooks may be called under 0161 496 0000.\n\nWages are paid to DE89 3704 0044 0532 0130 00."
)


@pytest.fixture(scope="module")
def finder() -> Iterator[PersonalDataFinder]:
    pytest.importorskip("presidio_analyzer", reason="the extra 'pii' is not installed: pip install 'averment[pii]'")
    yield PersonalDataFinder()


def test_without_the_extra_nothing_is_detected_and_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector, "_PACKAGES", ("spacy", "no_such_package_of_ours"))
    with pytest.raises(ConfigurationError, match="no_such_package_of_ours") as caught:
        PersonalDataFinder()
    assert "averment[pii]" in str(caught.value.hint)


@pytest.mark.slow
def test_names_in_running_text_are_found_without_the_network(
    finder: PersonalDataFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a network call")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = [(span.kind, ENGLISH[span.start : span.end]) for span in finder.find(ENGLISH, "en")]
    assert found == [
        (Kind.PERSON, "Margaret Thompson"),
        (Kind.PERSON, "Daniel Brooks"),
        (Kind.PERSON, "Brooks"),
        (Kind.PHONE, "0161 496 0000"),
        (Kind.IBAN, "DE89 3704 0044 0532 0130 00"),
    ]


@pytest.mark.slow
def test_what_is_found_does_not_depend_on_where_a_long_text_is_cut(
    finder: PersonalDataFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n\n".join(f"{number}. Rent is due. Mr. Carl Bergmann pays it." for number in range(200))
    whole = finder.find(text, "en")
    monkeypatch.setattr(detector, "_PIECE_CHARS", 700)
    assert finder.find(text, "en") == whole
    assert finder.count(text, None)["person"] == 200


@pytest.mark.slow
def test_another_language_is_refused_and_counted_as_english(finder: PersonalDataFinder) -> None:
    with pytest.raises(UsageError, match="'fr'"):
        finder.find("Monsieur Dupont", "fr")
    assert finder.count("écrire à jean@exemple.fr", "fr") == {"email": 1}
