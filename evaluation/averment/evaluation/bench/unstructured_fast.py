"""A baseline of parsing, as a program: unstructured's PDF parser with its strategy "fast".

Run by path with the interpreter of the environment that `make setup-bench` makes; nothing of Averment is installed
there. Each line of standard input is a JSON object with `path`, a PDF; the answer holds the seconds that partitioning
it took and how many elements and characters came out.
"""

import json
import os
import sys
import time
from importlib.metadata import version


def main() -> int:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from unstructured.partition.pdf import partition_pdf

    for line in sys.stdin:
        path = json.loads(line)["path"]
        begin = time.perf_counter()
        elements = partition_pdf(path, strategy="fast")
        taken = time.perf_counter() - begin
        answer = {
            "seconds": taken,
            "elements": len(elements),
            "chars": sum(len(element.text) for element in elements),
            "version": version("unstructured"),
        }
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
