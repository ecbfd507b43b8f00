"""Import modules one after the other and report what each import did beyond defining names.

Run as a script in a fresh interpreter: `import_probe.py ROOT MODULE...` prints one JSON object, module name
to list of findings. An effect belongs to the module whose own frames lead to it; what a library does while
it is being imported is the library's business, and so is the interpreter's reading of source files.
"""

import importlib
import json
import os
import sys
import threading
from types import FrameType
from typing import Any

WATCHED = {
    "open",
    "socket.__new__",
    "socket.connect",
    "socket.bind",
    "subprocess.Popen",
    "os.fork",
    "os.posix_spawn",
    "os.exec",
    "os.system",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.putenv",
    "sqlite3.connect",
    "tempfile.mkstemp",
    "tempfile.mkdtemp",
}
HEAVY = (
    "docling",
    "fastapi",
    "haystack",
    "liteparse",
    "openai",
    "pandas",
    "prefect",
    "qdrant_client",
    "qdrant_edge",
    "sentence_transformers",
    "spacy",
    "torch",
    "transformers",
    "unstructured",
)
# What two libraries do whenever something of their kind is defined: pydantic looks for plugins, which reads a
# variable and metadata; prefect reads the source of a flow.
DEFINING = (f"{os.sep}pydantic{os.sep}", f"{os.sep}prefect{os.sep}")


class Probe:
    """Collects the effects of the import under way."""

    def __init__(self, root: str) -> None:
        """Watch modules below the folder `root`."""
        self.root = f"{root.rstrip(os.sep)}{os.sep}"
        self.findings: list[str] = []
        self.active = False

    def is_ours(self, frame: FrameType | None) -> bool:
        """Tell whether the code of a project module, not a library being imported, leads to this frame."""
        nearest = True
        while frame is not None:
            name = frame.f_code.co_filename
            if nearest and name.startswith("<frozen importlib"):
                return False  # the interpreter reads a module
            nearest = False
            if name.startswith(self.root) and "site-packages" not in name and not name.endswith("import_probe.py"):
                return True
            if frame.f_code.co_name == "<module>" or any(library in name for library in DEFINING):
                return False  # a library's own import, or its way of defining something
            frame = frame.f_back
        return False

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Record a watched event."""
        if not self.active or event not in WATCHED:
            return
        self.active = False  # formatting must not be watched
        try:
            if self.is_ours(sys._getframe(1)):
                self.findings.append(f"{event} {str(arguments[0])[:120] if arguments else ''}".strip())
        finally:
            self.active = True

    def watch_what_raises_no_event(self) -> None:
        """Record reads of environment variables and starts of threads, which raise no audit event."""
        kind = type(os.environ)
        read = kind.__getitem__
        start = threading.Thread.start

        def watched(environment: Any, key: str) -> str:
            if self.active and self.is_ours(sys._getframe(1)):
                self.findings.append(f"reads environment variable {key}")
            return read(environment, key)

        def watched_start(thread: threading.Thread) -> None:
            if self.active and self.is_ours(sys._getframe(1)):
                self.findings.append(f"starts thread {thread.name}")
            start(thread)

        kind.__getitem__ = watched  # type: ignore[method-assign]  # the only way to see these reads
        threading.Thread.start = watched_start  # type: ignore[assignment, method-assign]  # likewise


def main(arguments: list[str]) -> None:
    """Import the modules named and print what was found."""
    root, *names = arguments
    probe = Probe(root)
    sys.addaudithook(probe.audit)
    probe.watch_what_raises_no_event()
    report: dict[str, dict[str, list[str]]] = {}
    for name in names:
        loaded = set(sys.modules)
        probe.findings = []
        probe.active = True
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever it is, the next module is still to be probed
            probe.findings.append(f"cannot be imported: {type(error).__name__}: {error}")
        probe.active = False
        heavy = sorted(library for library in HEAVY if library in sys.modules and library not in loaded)
        report[name] = {"effects": list(dict.fromkeys(probe.findings)), "heavy": heavy}
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1:])
