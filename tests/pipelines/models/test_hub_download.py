"""Downloading from a model hub, with a small one on the loopback address in the real one's place."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.models.fetch import ModelFetcher, list_models
from averment.pipelines.models.profiles import load_profile

FILES = {"config.json": b"{}", "model.safetensors": b"weights", "modeling.py": b"raise SystemExit", "README.md": b"hi"}


def fetcher(tmp_path: Path) -> ModelFetcher:
    return ModelFetcher(models_dir=tmp_path / "models", environment=tmp_path / "env", allow_network=True)


@pytest.fixture
def hub() -> Iterator[str]:
    """Serve just enough of the model hub's API for one repository."""
    revision = load_profile("qwen3-8b").revision or ""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, *, with_body: bool) -> None:
            path = self.path.partition("?")[0]
            if path.startswith("/api/models/Qwen/Qwen3-8B/tree/"):
                rows = [{"type": "file", "path": n, "size": len(c), "oid": "0"} for n, c in FILES.items()]
                self.reply(json.dumps(rows).encode(), "application/json", with_body)
            elif path.startswith("/api/models/Qwen/Qwen3-8B"):
                rows = [{"rfilename": name, "size": len(content)} for name, content in FILES.items()]
                body = {"id": "Qwen/Qwen3-8B", "sha": revision, "siblings": rows}
                self.reply(json.dumps(body).encode(), "application/json", with_body)
            elif path.startswith(f"/Qwen/Qwen3-8B/resolve/{revision}/"):
                self.reply(FILES[path.rpartition("/")[2]], "application/octet-stream", with_body)
            else:
                self.send_error(404)

        def reply(self, content: bytes, kind: str, with_body: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", revision)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_download_brings_weights_and_no_code_and_records_their_digests(
    tmp_path: Path, hub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "0"}.items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    brought = fetcher(tmp_path).fetch("Qwen3-8B-Reasoning")
    folder = tmp_path / "models" / "qwen3-8b"
    assert (brought.source, brought.is_installed, brought.changed) == ("hub", True, ())
    assert not (folder / "modeling.py").exists()
    record = json.loads((folder / "averment-model.json").read_text(encoding="utf-8"))
    assert record["revision"] == load_profile("qwen3-8b").revision
    assert record["files"]["model.safetensors"] == f"sha256:{hashlib.sha256(b'weights').hexdigest()}"
    (folder / "model.safetensors").write_bytes(b"changed")
    assert [row.changed for row in list_models(tmp_path / "models") if row.is_installed] == [("model.safetensors",)]
    assert sorted(path.name for path in (tmp_path / "models").iterdir() if path.is_dir()) == ["qwen3-8b"]


@pytest.mark.slow
def test_a_download_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    with pytest.raises(ModelUnavailable, match="cannot be downloaded"):
        fetcher(tmp_path).fetch("qwen3-0.6b")
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []
