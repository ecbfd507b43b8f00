"""Deployments on a Prefect server of their own: registered by a command, listed, run by a worker."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest
from packaging.version import Version

from tests.e2e.installation import Installation, make_installation

pytestmark = pytest.mark.slow

START_S = 180
RUN_S = 300
# From this version on, a null in a request's body is no longer the default of its field, which Prefect's client
# relies on: its server answers 422 to whoever lists deployments, workers or artifacts.
REFUSES_NULLS = Version("0.151")


@contextmanager
def started(*arguments: str, log: Path, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a Prefect command beside the test and end it afterwards, with what it started."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=log.parent, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def installation(repo: Path, tmp_path: Path) -> Installation:
    if Version(version("fastapi")) >= REFUSES_NULLS:
        pytest.skip(f"Prefect's server needs FastAPI below {REFUSES_NULLS}, this environment has {version('fastapi')}")
    made = make_installation(tmp_path)
    (tmp_path / "contracts").mkdir()
    text = "1. GOVERNING LAW. The laws of Norway govern this agreement.\n"
    (tmp_path / "contracts" / "lease.txt").write_text(text, encoding="utf-8")
    sources = f"data_dir: .averment\nsources:\n- name: contracts\n  path: {tmp_path / 'contracts'}\n"
    (tmp_path / "averment.yaml").write_text(sources, encoding="utf-8")
    (tmp_path / "prefect.yaml").write_bytes((repo / "prefect.yaml").read_bytes())
    url = f"http://127.0.0.1:{free_port()}/api"
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    return replace(made, extra={"PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_API_URL": url, **quiet})


@pytest.fixture
def api(installation: Installation) -> Iterator[httpx.Client]:
    """Start a server and return a client of it."""
    environment = installation.environment()
    port = environment["PREFECT_API_URL"].removesuffix("/api").rpartition(":")[2]
    alone = {name: value for name, value in environment.items() if name != "PREFECT_API_URL"}
    command = ("server", "start", "--host", "127.0.0.1", "--port", port, "--no-ui")
    with (
        started(*command, log=installation.root / "server.log", environment=alone) as process,
        httpx.Client(base_url=environment["PREFECT_API_URL"], timeout=30, trust_env=False) as client,
    ):
        deadline = time.monotonic() + START_S
        while not _answers(client):
            assert process.poll() is None, (installation.root / "server.log").read_text(errors="replace")
            assert time.monotonic() < deadline
            time.sleep(0.5)
        yield client


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def read(client: httpx.Client, path: str, **body: object) -> Any:
    return client.post(path, json=body).raise_for_status().json()


def test_deployments_are_registered_and_run_by_a_worker(installation: Installation, api: httpx.Client) -> None:
    refused = installation.run_alone("flows", "deploy", "--file", "elsewhere.yaml")
    assert (refused.code, "elsewhere.yaml" in refused.stderr) == (2, True)
    assert installation.run_alone("flows", "deploy").code == 2, "there is no work pool yet"
    read(api, "/work_pools/", name="averment", type="process")
    deployed = installation.run_alone("flows", "deploy")
    assert deployed.code == 0, deployed.stdout + deployed.stderr
    names = {item["name"]: item for item in read(api, "/deployments/filter")}
    assert set(names) == {"daily", "nightly", "on-demand", "part", "parts"}
    assert names["nightly"]["schedules"][0]["schedule"]["cron"] == "0 2 * * *"

    run = read(api, f"/deployments/{names['nightly']['id']}/create_flow_run")
    environment = installation.environment() | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    }
    log = installation.root / "worker.log"
    with started("worker", "start", "--pool", "averment", log=log, environment=environment):
        deadline = time.monotonic() + RUN_S
        state = ""
        while state not in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} and time.monotonic() < deadline:
            time.sleep(1)
            state = str(api.get(f"/flow_runs/{run['id']}").raise_for_status().json()["state"]["type"])
    assert state == "COMPLETED", log.read_text(errors="replace")[-4000:]
    assert not re.search("Traceback", log.read_text(errors="replace"))
    (artifact,) = read(api, "/artifacts/filter", sort="CREATED_DESC")
    assert "1 added" in artifact["data"]
    completed = installation.ok("audit", "show", "--type", "ingest.completed", "--json").json()["entries"]
    assert [entry["data"]["added"] for entry in completed] == [1]
    assert "Norway" not in json.dumps(artifact) + log.read_text(errors="replace")


def test_without_a_server_named_nothing_is_registered(installation: Installation) -> None:
    nowhere = replace(installation, extra={"PREFECT_HOME": str(installation.root / "prefect")})
    refused = nowhere.run_alone("flows", "deploy")
    assert (refused.code, "PREFECT_API_URL" in refused.stderr) == (2, True)
