import asyncio

from averment.service import request_id


def test_an_id_from_outside_is_taken_if_it_is_a_short_safe_token() -> None:
    for good in ("a", "0197-AB.c_d", "x" * 64):
        assert request_id.accepted(good) == good
    for bad in (None, "", "x" * 65, "a b", "a\nb", "ä", "-a", '{"a"}', "a%0a"):
        assert request_id.accepted(bad) is None


def test_the_id_holds_for_tasks_and_ends_with_the_request() -> None:
    async def inner() -> str | None:
        return request_id.current()

    async def run() -> str | None:
        with request_id.named("r-1"):
            task = asyncio.ensure_future(inner())
        return await task

    assert asyncio.run(run()) == "r-1"
    assert request_id.current() is None
