"""A program that kills a command of ours at places of its work, each in a copy of an installation, and then repeats it.

    python killed_command.py ROOT WORK N_KILLS SEED ARGUMENT...

Libraries are loaded once; every run is a fork of this process that loads no model before. A place is a function of
ours and the time it is entered or left, drawn so that each function is as likely as any other. Each line of the output
is the outcome of one place: the folder, the place, and the exit codes of both runs.
"""

import contextlib
import importlib
import json
import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from averment.cli.main import main as averment
from averment.core.foreign import silence_libraries

# What an erasure is done by; commands begin and end in the same way, whatever they do.
WORK = ("/averment/compliance/", "/pipelines/erasing.py", "/pipelines/stores/", "/identity/forgetting.py")


class Places:
    """Counts the places of our functions, and ends the process with SIGKILL at one of them."""

    def __init__(self, fatal: tuple[str, int] | None = None):
        self.seen = Counter[str]()
        self._fatal = fatal
        self._is_erasing = False

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """Take note of an event of the interpreter."""
        code = frame.f_code
        if event not in ("call", "return") or not any(part in code.co_filename for part in WORK):
            return
        self._is_erasing = self._is_erasing or code.co_qualname == "Eraser.erase"
        if not self._is_erasing:
            return
        place = f"{event} {code.co_qualname}"
        self.seen[place] += 1
        if self._fatal == (place, self.seen[place]):
            os.kill(os.getpid(), signal.SIGKILL)


def run(folder: Path, arguments: Sequence[str], *, places: Places | None, report: Path) -> int:
    """Run a command in a fork; return its exit code, or less than 0 where it was killed."""
    pid = os.fork()
    if pid == 0:
        code = 70
        with contextlib.suppress(Exception), report.open("w", encoding="utf-8") as out:
            os.chdir(folder)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                sys.setprofile(places)
                code = averment(list(arguments))
                sys.setprofile(None)
            if places is not None:
                (folder / "places.json").write_text(json.dumps(places.seen), encoding="utf-8")
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def load_libraries() -> None:
    """Load what masking a document loads, once for all forks."""
    for name in ("haystack.tools", "jsonschema", "sentence_transformers"):
        importlib.import_module(name)


def drive(root: Path, work: Path, *, n_kills: int, seed: int, arguments: Sequence[str]) -> None:
    """Run a command once to the end, then as often as asked to a place and again."""
    whole = Path(shutil.copytree(root, work / "whole"))
    first = run(whole, arguments, places=Places(), report=work / "whole.txt")
    seen: dict[str, int] = json.loads((whole / "places.json").read_text(encoding="utf-8"))
    print(json.dumps({"folder": str(whole), "place": None, "codes": [first]}), flush=True)
    chance = random.Random(seed)
    for number in range(n_kills):
        place = chance.choice(sorted(seen))
        fatal = (place, chance.randint(1, seen[place]))
        folder = Path(shutil.copytree(root, work / f"kill-{number}"))
        codes = [run(folder, arguments, places=Places(fatal), report=work / f"kill-{number}.txt")]
        codes.append(run(folder, arguments, places=None, report=work / f"again-{number}.txt"))
        print(json.dumps({"folder": str(folder), "place": fatal, "codes": codes}), flush=True)


if __name__ == "__main__":
    silence_libraries()
    load_libraries()
    drive(Path(sys.argv[1]), Path(sys.argv[2]), n_kills=int(sys.argv[3]), seed=int(sys.argv[4]), arguments=sys.argv[5:])
