#!/usr/bin/env bash
# Run the tests marked `long` with their full counts and leave a result that names commit, seed and outcome.
# usage: scripts/test_long.sh [PYTEST-ARGUMENT...]     AVERMENT_TEST_SEED fixes the seed
set -euo pipefail
cd "$(dirname "$0")/.."
export AVERMENT_TEST_LONG=1 AVERMENT_TEST_SEED="${AVERMENT_TEST_SEED:-$RANDOM}"
commit=$(git rev-parse HEAD 2>/dev/null || echo unknown)
[ -z "$(git status --porcelain 2>/dev/null)" ] || commit="$commit-dirty"
result=out/tests/long.xml; mkdir -p out/tests
echo "test-long: commit $commit, seed $AVERMENT_TEST_SEED, result in $result"
status=0
.venv/bin/python -m pytest -m long --junitxml "$result" -o junit_suite_name="long $commit seed $AVERMENT_TEST_SEED" "$@" || status=$?
# 5: no test carries the mark, which is not a pass of anything.
[ "$status" -ne 5 ] || echo "test-long: no test is marked long" >&2
exit "$status"
