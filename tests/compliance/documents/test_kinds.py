import pytest

from averment.compliance.documents.kinds import field_ids, kind_of, kinds, parse_kind, schema_of
from averment.core.errors import ConfigurationError, UsageError
from tests.compliance.documents.builders import Place

ANNEX_IV = (
    "IV.1.a IV.1.b IV.1.c IV.1.d IV.1.e IV.1.f IV.1.g IV.1.h IV.2.a IV.2.b IV.2.c IV.2.d IV.2.e IV.2.f IV.2.g IV.2.h "
    "IV.3.1 IV.3.2 IV.3.3 IV.3.4 IV.4 IV.5 IV.6 IV.7.1 IV.7.2 IV.8 IV.9"
)
INSTRUCTIONS = (
    "13.3.a 13.3.b.i 13.3.b.ii 13.3.b.iii 13.3.b.iv 13.3.b.v 13.3.b.vi 13.3.b.vii 13.3.c 13.3.d 13.3.e 13.3.f"
)


@pytest.mark.parametrize(
    ("code", "ids"),
    [
        ("annex-iv", ANNEX_IV),
        ("instructions", INSTRUCTIONS),
        ("annex-v", "1 2 3 4 5 6 7 8"),
        ("annex-viii-a", "A.1 A.2 A.3 A.4 A.5 A.6 A.7 A.8 A.9 A.10 A.11 A.12 A.13"),
        ("annex-viii-b", "B.1 B.2 B.3 B.4 B.5 B.6 B.8"),
        ("annex-viii-c", "C.1 C.2 C.3 C.4 C.5"),
        ("annex-xii", "XII.1.a XII.1.b XII.1.c XII.1.d XII.1.e XII.1.f XII.1.g XII.1.h XII.2.a XII.2.b XII.2.c"),
        ("fria", "27.owed 27.1.a 27.1.b 27.1.c 27.1.d 27.1.e 27.1.f 27.3 27.4"),
    ],
)
def test_a_kind_has_exactly_the_fields_of_the_law(code: str, ids: str) -> None:
    assert field_ids(code) == ids.split()


def test_the_second_annex_of_registration_has_seven_points() -> None:
    assert len(field_ids("annex-viii-b")) == 7


@pytest.mark.parametrize("code", kinds())
def test_what_a_kind_links_to_is_a_kind(code: str) -> None:
    assert {spec.link for spec in kind_of(code).fields if spec.link} <= set(kinds())


@pytest.mark.parametrize("code", [code for code, kind in kinds().items() if "de" in kind.languages])
def test_a_german_kind_is_german_throughout(code: str) -> None:
    assert all(spec.title_de and spec.asks_de for spec in kind_of(code).fields)


def test_a_document_follows_the_schema_of_its_kind_and_no_other(place: Place) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    filled = place.make("annex-v").model_dump(mode="json", by_alias=True)
    jsonschema.validate(filled, schema_of(kind_of("annex-v")))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(filled, schema_of(kind_of("annex-iv")))
    del filled["fields"]["8"]
    with pytest.raises(jsonschema.ValidationError, match="'8' is a required property"):
        jsonschema.validate(filled, schema_of(kind_of("annex-v")))


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no document of kind 'annex-xx'") as caught:
        kind_of("annex-xx")
    assert "annex-iv" in str(caught.value.hint)


def test_a_kind_with_a_field_twice_is_refused() -> None:
    text = "{code: x-y, version: 1, title: T, article: A, law: {name: L, read_on: '2026'}, fields: [%s, %s]}"
    field = "{id: a, title: T, asks: '?', filled_by: people}"
    with pytest.raises(ConfigurationError, match="has a field twice"):
        parse_kind(text % (field, field), name="x-y.yaml")
