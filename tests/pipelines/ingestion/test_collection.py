"""Putting off the search for garbage in cycles."""

import gc

from averment.pipelines.ingestion.collection import collection_paused


def test_the_search_is_off_while_anybody_reads_and_on_again_afterwards() -> None:
    assert gc.isenabled()
    with collection_paused():
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_who_had_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with collection_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
