"""Pages over HTTP: for those who may read the document, kept by their browser alone, hostile parameters refused."""

import asyncio
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from averment.core.access import AccessLabel
from averment.core.errors import QuotaExceeded
from averment.core.testing.backend import DoubleBackend
from averment.service.routers.pages import MAX_WAITING, PictureLine
from tests.service.routers.test_documents import ONE

HASH = "sha256:" + "a" * 64


@pytest.fixture(autouse=True)
def documents(backend: DoubleBackend) -> None:
    backend.documents = [ONE, replace(ONE, document_id="d2", access=AccessLabel(readers=("board",)))]


def test_a_page_comes_with_its_text_its_size_and_the_boxes_of_what_is_marked(client: TestClient) -> None:
    body = client.get("/v1/documents/d1/pages/1", params={"highlight": ["0-4", "5-9"], "text_hash": HASH}).json()
    assert (body["document_id"], body["text_hash"], body["page"], body["n_pages"]) == ("d1", HASH, 1, 1)
    assert (body["text"], body["width"], body["has_picture"]) == (f"text {HASH}", 1, True)
    assert [(found["start"], found["end"]) for found in body["highlights"]] == [(0, 4), (5, 9)]
    assert body["highlights"][1]["boxes"] == [{"page": 1, "x0": 5, "y0": 0, "x1": 9, "y1": 10}]


def test_a_picture_is_kept_by_the_browser_alone_and_asked_for_again(client: TestClient, backend: DoubleBackend) -> None:
    address = "/v1/documents/d1/pages/1.png"
    first = client.get(address, params={"highlight": "0-4", "resolution": "165"})
    assert (first.status_code, first.content, first.headers["content-type"]) == (200, b"png", "image/png")
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Authorization, Cookie"
    ((page, resolution),) = backend.drawn
    assert ([box.x1 for box in page.boxes], resolution) == ([4.0], 165.0)
    known = {"If-None-Match": f'W/"x", {first.headers["etag"]}'}
    again = client.get(address, params={"highlight": "0-4", "resolution": "165"}, headers=known)
    assert (again.status_code, again.content, len(backend.drawn)) == (304, b"", 1)
    assert again.headers["etag"] == first.headers["etag"]
    for other in ({"highlight": "0-5", "resolution": "165"}, {"highlight": "0-4", "resolution": "72"}):
        assert client.get(address, params=other, headers=known).status_code == 200


def test_who_may_not_read_a_document_sees_no_page_even_with_the_tag_of_its_picture(client: TestClient) -> None:
    tag = client.get("/v1/documents/d1/pages/1.png").headers["etag"]
    for path in ("pages/1", "pages/1.png", "window?start=0&end=1"):
        absent, hidden = (
            client.get(f"/v1/documents/{one}/{path}", headers={"If-None-Match": tag}) for one in ("x", "d2")
        )
        assert (absent.status_code, hidden.status_code) == (404, 404)
        assert hidden.json()["detail"].replace("d2", "x") == absent.json()["detail"]
        assert client.get(f"/v1/documents/d1/{path}", headers={"Authorization": "Bearer no"}).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "pages/0", "pages/-1.png", "pages/1e9.png", "pages/100001", "pages/one.png", "pages/1.png.png",
        "pages/1.png?highlight=4-", "pages/1.png?highlight=-1-4", "pages/1.png?highlight=1-2-3",
        "pages/1.png?highlight=0-99999999999", "pages/1.png?resolution=100000", "pages/1.png?dpi=72",
        "pages/1.png?text_hash=../x", "pages/1?" + "&".join(["highlight=0-1"] * 65),
        "window", "window?start=5", "window?start=-1&end=2", "window?start=0&end=1&around=20001",
        "window?start=0&end=99999999999",
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(client: TestClient, path: str) -> None:
    assert client.get(f"/v1/documents/d1/{path}").status_code == 422


def test_a_path_that_leaves_the_documents_is_not_there(client: TestClient) -> None:
    for path in ("/v1/documents/d1/pages/..%2f..%2fetc%2fpasswd", "/v1/documents/..%2fd1/pages/1.png"):
        assert client.get(path).status_code in {404, 422}
    assert client.get("/v1/documents/d1/pages/2.png").status_code == 404


def test_a_stretch_of_text_is_given_where_there_are_no_pages(client: TestClient) -> None:
    body = client.get("/v1/documents/d1/window", params={"start": 0, "end": 4, "around": 10}).json()
    assert (body["text"], body["start"], body["n_chars"]) == ("text sha256:t", 0, 13)
    assert client.get("/v1/documents/d1/window", params={"start": 4, "end": 99}).status_code == 422


def test_one_picture_is_drawn_at_a_time_and_a_long_line_is_turned_away() -> None:
    async def drive() -> list[str]:
        line, seen = PictureLine(), list[str]()
        release = asyncio.Event()

        async def draw(name: str) -> None:
            async with line:
                seen.append(name)
                await release.wait()

        drawing = [asyncio.ensure_future(draw(str(number))) for number in range(MAX_WAITING + 1)]
        await asyncio.sleep(0)
        assert seen == ["0"], "one at a time"
        with pytest.raises(QuotaExceeded):
            await draw("too many")
        drawing[1].cancel()
        await asyncio.gather(drawing[1], return_exceptions=True)
        late = asyncio.ensure_future(draw("late"))
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(*drawing, late, return_exceptions=True)
        return seen

    assert asyncio.run(drive()) == ["0", *(str(number) for number in range(2, MAX_WAITING + 1)), "late"]
