from averment.core.testing.sealing import PlainTexts


def test_a_digest_is_one_owners_and_one_uses() -> None:
    plain = PlainTexts()
    ada, eve = plain.owner("ada"), plain.owner("eve")
    assert plain.digest(b"t", owner=ada, context="a") == plain.digest(b"t", owner=ada, context="a")
    assert plain.digest(b"t", owner=ada, context="a") != plain.digest(b"t", owner=eve, context="a")
    assert plain.digest(b"t", owner=ada, context="a") != plain.digest(b"t", owner=ada, context="b")
