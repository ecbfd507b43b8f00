#!/usr/bin/env bash
# Create .venv-bench: unstructured with its PDF parser, for one comparison of `make bench`.
#
# usage: scripts/setup_bench.sh
#   PYTHON   interpreter to build with (python3.11)
#   FORCE=1  build again although nothing changed
# The PDF extra of unstructured asks for layout models and with them for torch: torch comes first, from the locked
# list, so that nothing fetches another build of it. What comes on top is pinned in its version by unstructured's own
# line below and is NOT hash-locked: nothing of this environment reaches the product. About 4 GB of disk.
# Exit status: 0 done, 2 a missing program, 1 anything else.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3.11}
environment=.venv-bench
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf 'setup-bench: %s\n' "$*"; }
fail() { local status=$1; shift; printf 'setup-bench: %s\n' "$@" >&2; exit "$status"; }

command -v "$python" >/dev/null || fail 2 "no interpreter '$python'; name one in PYTHON: make setup-bench PYTHON=/path/to/python3.11"
version=$(sed -n 's/^unstructured==\([0-9.]*\).*/\1/p' constraints/application.txt)
[ -n "$version" ] || fail 1 "constraints/application.txt names no version of unstructured"
mark="unstructured $version $(sha256sum constraints/torch.txt "$0" | sha256sum | cut -d' ' -f1)"
if [ "${FORCE:-}" != 1 ] && [ "$(cat "$environment/averment-setup" 2>/dev/null)" = "$mark" ]; then
  say "$environment is up to date"
  exit 0
fi

[ "${FORCE:-}" = 1 ] && rm -rf "$environment"
[ -x "$environment/bin/python" ] || "$python" -m venv "$environment" || fail 1 "could not create $environment with $python"
pip=("$environment/bin/python" -m pip install -qq)
"${pip[@]}" --no-deps --require-hashes -r constraints/torch.txt || fail 1 "torch could not be installed; see the lines above"
"${pip[@]}" "torch==2.13.0" "unstructured[pdf]==$version" hatchling ||
  fail 1 "unstructured[pdf] $version could not be installed; see the lines above"
# Without the sentence model of this name unstructured downloads one, or reads a PDF as nothing at all.
"${pip[@]}" --no-build-isolation ./distributions/en_core_web_sm || fail 1 "the sentence model could not be installed"
"$environment/bin/python" -c 'from unstructured.partition.pdf import partition_pdf' ||
  fail 1 "unstructured's PDF parser does not import; see the lines above"
echo "$mark" > "$environment/averment-setup"
say "done: make bench BENCH='--only parsing'"
