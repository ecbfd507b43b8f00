"""The HTTP interface keeps what its OpenAPI document promises: cases made from the document, sent to the process."""

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from averment.core.access import Role
from tests.e2e.installation import Installation, make_installation
from tests.e2e.overseeing import reviewed
from tests.e2e.serving import Served, serving

pytest.importorskip("schemathesis", reason="schemathesis is part of `make setup`")
pytestmark = pytest.mark.slow

IS_LONG = "AVERMENT_TEST_LONG" in os.environ
SEED = int(os.environ.get("AVERMENT_TEST_SEED") or 7)
DOCUMENTS = ("master-services-agreement.pdf", "software-licence-agreement.docx")
LEASE = (
    "LEASE\n\n1. TERM. This Lease runs for three years.\n\n2. GOVERNING LAW. The laws of Norway govern this Lease.\n"
)
# One client sends all cases, more of them in a minute than people do.
LIMITS = ("REQUESTS", "KEY_REQUESTS", "OPEN_REQUESTS", "SIGN_INS", "FAILED_KEYS")
# These stop the whole service, so that they come last.
STOPPING = {"/v1/oversight/stop", "/v1/oversight/resume"}
OPTIONS: dict[str, Any] = {
    "seed": SEED,
    "generation": {"max-examples": 30 if IS_LONG else 1},
    "phases": {
        name: {"enabled": IS_LONG or name == "fuzzing"} for name in ("examples", "coverage", "fuzzing", "stateful")
    },
}


@pytest.fixture(scope="module")
def installation(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return an installation with a contract on pages, one without, a plain text and one that cannot be read."""
    made = reviewed(make_installation(tmp_path_factory.mktemp("contract") / "installation"))
    limits = {f"AVERMENT_SERVICE__LIMITS__{name}_PER_MINUTE": "100000" for name in LIMITS}
    made = replace(made, extra={**made.extra, **limits})
    folder = made.root / "documents"
    folder.mkdir()
    for name in DOCUMENTS:
        shutil.copy(repo / "examples" / "documents" / name, folder)
    (folder / "lease.txt").write_text(LEASE, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    made.run("ingest", "documents", "--json")
    return made


def new_key(installation: Installation, name: str, *roles: Role) -> str:
    """Make an API key and return its secret."""
    chosen = [word for role in roles for word in ("--role", role)]
    created = installation.ok("keys", "create", name, "--group", "everyone", *chosen, "--json").json()
    return str(created["secret"])


@pytest.fixture(scope="module")
def everything(installation: Installation) -> tuple[str, str]:
    """Return a key that opens every route, and one of somebody who asks."""
    return new_key(installation, "everything", *Role), new_key(installation, "zoe", Role.ANALYST)


@pytest.fixture(scope="module")
def served(installation: Installation, everything: tuple[str, str]) -> Iterator[Served]:
    with serving(installation) as running:
        yield running


def ask(client: httpx.Client) -> str:
    """Ask a question and wait for its end."""
    identity = str(client.post("/v1/analyses", json={"question": "Which law governs?"}).json()["id"])
    client.get(f"/v1/analyses/{identity}/events")
    return identity


@pytest.fixture(scope="module")
def known(served: Served, everything: tuple[str, str]) -> Mapping[str, Sequence[Any]]:
    """Return ids of what is there, by path parameter."""
    mine, hers = (served.client(key=key) for key in everything)
    with mine, hers:
        asked = [ask(mine), ask(mine)]
        ask(hers)
        documents = [one["document_id"] for one in mine.get("/v1/documents").json()["data"]]
        reviews = [one["id"] for one in mine.get("/v1/oversight/reviews").json()["data"]]
    assert len(documents) == 3, "what cannot be read is in quarantine"
    assert reviews
    return {
        "document_id": documents,
        "analysis_id": asked,
        "answer_id": asked,
        "response_id": [f"resp_{one}" for one in asked],
        "review_id": reviews,
        "number": [1, 2],
        "index": [0, 1],
        "kind": ["audit", "literacy"],
    }


@pytest.mark.parametrize("is_stopping", [False, True], ids=["all", "stopping"])
def test_cases_from_the_document_meet_what_it_says(
    served: Served, everything: tuple[str, str], known: Mapping[str, Sequence[Any]], is_stopping: bool
) -> None:
    from tests.e2e.fuzzing import fuzz

    document = httpx.get(f"{served.url}/openapi.json").json()
    chosen = {path: one for path, one in document["paths"].items() if (path in STOPPING) == is_stopping}
    began = time.monotonic()
    found = fuzz({**document, "paths": chosen}, url=served.url, key=everything[0], known=known, options=OPTIONS)
    print(
        f"{found.cases.total()} cases in {time.monotonic() - began:.0f} s, {dict(found.statuses)}, {dict(found.checks)}"
    )
    assert not found.wrong, "\n\n".join(found.wrong[:5])
    assert {f"{method.upper()} {path}" for path, one in chosen.items() for method in one} <= set(found.cases)
    assert not IS_LONG or is_stopping or found.cases.total() >= 2000
    assert not any("Traceback" in line or "request.failed" in line for line in served.lines)
