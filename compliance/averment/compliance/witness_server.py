"""`averment-witness init|serve|vkey`: the witness's command line and its HTTP server.

    averment-witness init FOLDER --name witness.example/audit --policy FILE
    averment-witness vkey FOLDER
    averment-witness serve FOLDER [--host 127.0.0.1] [--port 8485]

A second department runs it on a machine of its own. It needs Python and `cryptography`, no database and no document.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from averment.compliance.log.opening import lock_log
from averment.compliance.witness import Witness, WitnessReply, create_witness
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, AvermentError, UsageError, exit_code

MAX_BODY_BYTES: Final = 64 * 1024
PATH: Final = "/add-checkpoint"
_REQUEST_TIMEOUT_S: Final = 10


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, witness: Witness, *, host: str, port: int):
        super().__init__((host, port), _Handler)
        self.witness = witness


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _REQUEST_TIMEOUT_S
    server: WitnessServer

    def do_POST(self) -> None:
        """Answer a request to cosign."""
        length = self.headers.get("Content-Length", "")
        if self.path != PATH:
            self._answer(WitnessReply(status=HTTPStatus.NOT_FOUND))
        elif not length.isascii() or not length.isdigit():
            self._answer(WitnessReply(status=HTTPStatus.LENGTH_REQUIRED))
        elif int(length) > MAX_BODY_BYTES:
            self._answer(WitnessReply(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
        else:
            self._answer(self._cosign(self.rfile.read(int(length))))

    def _cosign(self, body: bytes) -> WitnessReply:
        try:
            return self.server.witness.add_checkpoint(body)
        except (OSError, AuditIntegrityError) as error:
            sys.stderr.write(f"averment-witness: not cosigned: {error}\n")
            return WitnessReply(status=HTTPStatus.INTERNAL_SERVER_ERROR)

    def _answer(self, reply: WitnessReply) -> None:
        self.close_connection = self.close_connection or reply.status >= HTTPStatus.LENGTH_REQUIRED
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Write one line a request: method, path and status."""
        sys.stderr.write(f"averment-witness: {format % args}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "init":
            print(create_witness(arguments.folder, name=arguments.name, policy=_policy(arguments.policy)).vkey)
        elif arguments.command == "vkey":
            print(Witness(arguments.folder, clock=SystemClock()).vkey)
        else:
            _serve(arguments.folder, host=arguments.host, port=arguments.port)
    except AvermentError as error:
        hint = f" ({error.hint})" if error.hint else ""
        print(f"averment-witness: {error.message}{hint}", file=sys.stderr)
        return exit_code(error)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="averment-witness", description="Cosign what a log shows, if it only grew.")
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="make a key and name the logs to cosign")
    init.add_argument("--name", required=True, help="name of the key, for example witness.example/audit")
    init.add_argument("--policy", type=Path, required=True, help="trust policy or public key of the logs to cosign")
    serve = commands.add_parser("serve", help="answer requests until stopped")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=int, default=8485, help="port to listen on; 0 takes a free one")
    for command in (init, serve, commands.add_parser("vkey", help="print the public key")):
        command.add_argument("folder", type=Path, help="the witness's own folder")
    return parser


def _policy(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the policy {path} cannot be read: {error}") from error


def _serve(folder: Path, *, host: str, port: int) -> None:
    witness = Witness(folder, clock=SystemClock())
    lock = lock_log(folder)
    try:
        with WitnessServer(witness, host=host, port=port) as server, contextlib.suppress(KeyboardInterrupt):
            print(f"averment-witness: {witness.vkey} on http://{host}:{server.server_port}", flush=True)
            server.serve_forever()
    finally:
        os.close(lock)


if __name__ == "__main__":
    sys.exit(main())
