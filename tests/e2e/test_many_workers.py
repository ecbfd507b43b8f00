"""Several workers of a Prefect work pool bring one source into one catalog on PostgreSQL and one index."""

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from averment.core.access import Filters
from averment.core.settings_file import load_settings
from averment.service.runtime import open_runtime
from tests.e2e.installation import Installation
from tests.e2e.test_prefect_server import api, installation, read, started
from tests.pipelines.stores.conftest import postgres_url

__all__ = ["api", "installation", "postgres_url"]
pytestmark = pytest.mark.slow
N_DOCUMENTS = 24
N_WORKERS = 3
RUN_S = 480


def test_three_workers_share_a_source(installation: Installation, api: httpx.Client, postgres_url: str) -> None:
    root = installation.root
    for number in range(N_DOCUMENTS):
        text = f"SUPPLY AGREEMENT {number}\n\n1. LAW. The law of Land {number} governs.\n"
        (root / "contracts" / f"c{number}.txt").write_text(text, encoding="utf-8")
    settings = (root / "averment.yaml").read_text(encoding="utf-8")
    (root / "averment.yaml").write_text(settings + f"catalog:\n  url: {postgres_url}/postgres\n", encoding="utf-8")
    read(api, "/work_pools/", name="averment", type="process")
    assert installation.run_alone("flows", "deploy").code == 0
    names = {item["name"]: item for item in read(api, "/deployments/filter")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = installation.environment() | {"PATH": path}
    loaded = load_settings(config=root / "averment.yaml", environ=installation.environment(), cwd=root).settings
    # One process owns the embedded index and the log; the workers hand their points to it.
    with open_runtime(loaded, must_own=True) as runtime, ExitStack() as workers:
        parameters = {"source": "contracts", "parts": N_WORKERS, "config": str(root / "averment.yaml")}
        run = read(api, f"/deployments/{names['parts']['id']}/create_flow_run", parameters=parameters)
        for number in range(N_WORKERS):
            command = ("worker", "start", "--pool", "averment", "--name", f"w{number}", "--limit", "2")
            workers.enter_context(started(*command, log=root / f"worker{number}.log", environment=environment))
        logs = [root / f"worker{number}.log" for number in range(N_WORKERS)]
        deadline = time.monotonic() + RUN_S
        state = ""
        while state not in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} and time.monotonic() < deadline:
            time.sleep(1)
            state = str(api.get(f"/flow_runs/{run['id']}").raise_for_status().json()["state"]["type"])
        assert state == "COMPLETED", "\n".join(log.read_text(errors="replace")[-3000:] for log in logs)
        parts = [item for item in read(api, "/flow_runs/filter") if "part" in item["parameters"]]
        assert sorted(item["parameters"]["part"] for item in parts) == list(range(N_WORKERS))
        assert runtime.check_index().is_ok
        found = runtime.list_documents(None, Filters())
        assert len(found) == N_DOCUMENTS + 1
        assert {item.status.value for item in found} == {"ready"}
        assert not runtime.record.verify_log().failures
