"""Runs the benchmarks: `python -m averment.evaluation.bench`."""

import sys

from averment.evaluation.bench.command import run

if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
