from prefect.utilities.annotations import quote

from averment.flows.submission import uninspected


def test_arguments_are_wrapped_and_come_out_as_they_were() -> None:
    store, names = object(), ["a", "b"]
    wrapped = uninspected(store, names)
    assert all(isinstance(item, quote) for item in wrapped)
    assert [item.unquote() for item in wrapped] == [store, names]
