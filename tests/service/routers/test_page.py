"""The files of the page: sent with a strict policy, made without markup from data, complete in both languages."""

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from averment.service.routers.page import POLICY, load_static

STATIC = Path(__file__).parents[3] / "service" / "averment" / "service" / "static"
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
# Everything that turns text into markup or into code.
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML"
    r"|\beval\(|new Function|srcdoc|javascript:|setAttribute\(\s*[\"']on|\.style\s*=|setAttribute\(\s*[\"']style"
)


def words(language: str) -> dict[str, str]:
    found = json.loads((STATIC / "i18n" / f"{language}.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_page_forbids_whatever_is_not_its_own(client: TestClient) -> None:
    page = client.get("/", headers={"Authorization": ""})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert policy == POLICY
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert page.headers["x-content-type-options"] == "nosniff"
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.get(address).status_code == 200
    assert not re.search(r"<style|style=|<script(?![^>]*\bsrc=)|\bon\w+=", page.text)


def test_a_file_that_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/page.css")
    again = client.get("/static/page.css", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize(
    "path", ["../app.py", "%2e%2e/app.py", "..%2fapp.py", "js", "js/", "", "/etc/passwd", "index.html%00", "page.css/x"]
)
def test_nothing_but_the_files_of_the_page_is_there(client: TestClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_only_kinds_of_files_that_a_page_is_made_of_are_sent() -> None:
    names = set(load_static())
    assert {"index.html", "page.css", "js/main.js", "i18n/de.json"} <= names
    assert names == {str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file()}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_or_code_from_text_or_loads_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not SINKS.findall(text)
    assert not [found for found in re.findall(r"https?://[^\s\"'`)]+", text) if "www.w3.org" not in found]
    assert all(found.startswith("./") for found in re.findall(r'from "([^"]+)"', text))
    assert len(text.splitlines()) <= 400


def test_both_languages_say_the_same_things_with_the_same_parts() -> None:
    english, german = words("en"), words("de")
    assert sorted(english) == sorted(german)
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", german[key])), key
    assert list(english) == list(dict.fromkeys(english))


def test_every_word_that_the_scripts_ask_for_is_there_and_every_word_is_asked_for() -> None:
    known = words("en")
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', text)) | set(re.findall(r'\? "([a-z.-]+)" : "[a-z.-]+"', text))
    assert {key for key in re.findall(r'\bt\(\s*"([^"]+)"', text) if key not in known} == set()
    families = tuple(re.findall(r"`([a-z.-]+[.-])\$\{", text))
    quoted = set(re.findall(r'"([a-z][a-z.-]*)"', text))
    unused = {key for key in known if key.removesuffix(".one") not in asked | quoted and not key.startswith(families)}
    assert unused == set()
