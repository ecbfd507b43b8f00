import pytest

from averment.service.identity.origin import is_known_origin, is_own_request, local_path

URL = "https://averment.test"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_passes(method: str) -> None:
    assert is_own_request(method, {"sec-fetch-site": "cross-site"}, public_url=URL)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site", "origin": URL}, False),
        ({"sec-fetch-site": "cross-site", "origin": URL}, False),
        ({"sec-fetch-site": "", "origin": URL}, False),
        ({"origin": URL}, True),
        ({"origin": "https://averment.test:8443"}, False),
        ({"origin": "null"}, False),
        ({"host": "averment.test"}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MADE-UP"])
def test_what_changes_something_must_be_the_services_own(method: str, headers: dict[str, str], passes: bool) -> None:
    assert is_own_request(method, headers, public_url=URL) is passes


def test_without_a_public_address_the_origin_is_compared_with_the_host() -> None:
    headers = {"host": "127.0.0.1:8484", "origin": "http://127.0.0.1:8484"}
    assert is_own_request("POST", headers, public_url=None)
    assert not is_own_request("POST", {**headers, "origin": "http://127.0.0.1:9999"}, public_url=None)
    assert not is_own_request("POST", {"origin": "null"}, public_url=None)


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/chat?x=1#a", "/chat?x=1#a"), (None, "/"), ("", "/"), ("chat", "/"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("https://evil.example", "/"), ("/a\r\nX: 1", "/"), ("/\tevil", "/"), ("/ä", "/"),
    ],
)  # fmt: skip
def test_only_paths_of_the_service_are_gone_on_to(wanted: str | None, path: str) -> None:
    assert local_path(wanted) == path


@pytest.mark.parametrize(
    ("origin", "public_url", "is_known"),
    [
        (None, None, True),
        (None, URL, True),
        (URL, URL, True),
        ("https://evil.example", URL, False),
        ("http://127.0.0.1:8484", URL, False),
        ("http://localhost:3000", None, True),
        ("http://127.0.0.1:8484", None, True),
        ("http://[::1]:8484", None, True),
        ("http://evil.example", None, False),
        ("http://127.0.0.1.evil.example", None, False),
        ("http://localhost@evil.example", None, False),
        ("file://localhost", None, False),
        ("http://[", None, False),
        ("null", None, False),
        ("", None, False),
    ],
)
def test_an_origin_is_known_by_its_own_name(origin: str | None, public_url: str | None, is_known: bool) -> None:
    assert is_known_origin(origin, public_url=public_url) is is_known
