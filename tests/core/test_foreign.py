import os
import subprocess
import sys
from pathlib import Path

from averment.core.foreign import QUIET, silence_libraries


def test_libraries_are_told_to_report_nothing_whatever_the_user_has_set() -> None:
    environ = {"HAYSTACK_TELEMETRY_ENABLED": "True", "HOME": "/home/ada"}
    silence_libraries(environ)
    assert environ["HAYSTACK_TELEMETRY_ENABLED"] == "False"
    assert environ["HOME"] == "/home/ada"
    assert QUIET.items() <= environ.items()


def test_a_library_that_reports_at_import_leaves_nothing_at_home(tmp_path: Path) -> None:
    program = "from averment.core.foreign import silence_libraries; silence_libraries(); import onnxruntime"
    environ = {name: value for name, value in os.environ.items() if name not in QUIET}
    done = subprocess.run([sys.executable, "-c", program], env={**environ, "HOME": str(tmp_path)}, check=False)
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []
