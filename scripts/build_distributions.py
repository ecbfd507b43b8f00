#!/usr/bin/env python3
"""Build the wheel and the source distribution into ``dist/`` with the locked build backend, offline."""

import argparse
import sys
from pathlib import Path

import hatchling.build


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(description="Build wheel and source distribution.")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="folder to write")
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for build in (hatchling.build.build_wheel, hatchling.build.build_sdist):
        print(out / build(str(out)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
