from averment.service.idempotency import given_key


def digest(text: bytes, context: str) -> str:
    return f"{context}:{text.decode()}"


def test_a_key_stands_beside_its_route_and_what_it_came_with() -> None:
    assert given_key(None, route="chat", content={}) is None
    given = given_key("k-1", route="chat", content={"b": 1, "a": 2})
    assert given is not None
    kept = given.kept(digest, expires_at=7)
    assert (kept.digest, kept.expires_at) == ("idempotency/key:k-1", 7)
    assert kept.body == 'idempotency/body:["chat",{"a":2,"b":1}]'
