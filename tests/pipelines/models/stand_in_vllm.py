"""A small program in vLLM's place, so that starting and ending a server is tested without its minute of loading.

It takes vLLM's arguments. The file `behaviour` in the model folder tells how it
behaves: ok, crash, wrong_model, unconstrained, dies_on_request, never_ready.
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def value_of(flag: str) -> str:
    return sys.argv[sys.argv.index(flag) + 1]


BEHAVIOUR = (Path(value_of("--model")) / "behaviour").read_text(encoding="utf-8")
NAME = "another" if BEHAVIOUR == "wrong_model" else value_of("--served-model-name")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send(503 if BEHAVIOUR == "never_ready" else 200, {"data": [{"id": NAME}]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if BEHAVIOUR == "dies_on_request":
            print("Worker proc VllmWorker-0 died unexpectedly (exit code: -4)", flush=True)
            os._exit(1)
        if self.headers["Authorization"] != f"Bearer {os.environ['VLLM_API_KEY']}":
            self.send(401, {})
            return
        content = "yes, ready" if BEHAVIOUR == "unconstrained" else '{"ready":true}'
        self.send(200, {"model": NAME, "choices": [{"message": {"content": content}, "finish_reason": "stop"}]})

    def send(self, status: int, body: object) -> None:
        content = json.dumps(body).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass


print("(APIServer pid=1) INFO non-default args: {}", flush=True)
time.sleep(0.3)
if BEHAVIOUR == "crash":
    print("(EngineCore pid=2) ValueError: the model type `nosuch` is not known", flush=True)
    print("RuntimeError: Engine core initialization failed. See root cause above.", flush=True)
    sys.exit(1)
print("Application startup complete", flush=True)
ThreadingHTTPServer((value_of("--host"), int(value_of("--port"))), Handler).serve_forever()
