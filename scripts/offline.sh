#!/usr/bin/env bash
# Run a command in a network namespace that has loopback and nothing else.
# usage: scripts/offline.sh [--if-possible] COMMAND [ARGUMENT...]
#   exits as the command does; with 77 and the reason, without running it, where no such namespace may be made
#   --if-possible   there, run it with the network there is, after saying so
set -euo pipefail
otherwise=; if [ "${1:-}" = --if-possible ]; then otherwise=1; shift; fi
[ $# -gt 0 ] || { echo "usage: scripts/offline.sh [--if-possible] COMMAND [ARGUMENT...]" >&2; exit 2; }

inside='ip link set lo up && exec "$@"'
reason=
for program in unshare ip; do
  command -v "$program" >/dev/null || reason="$program is missing (Debian packages util-linux and iproute2)"
done
if [ -z "$reason" ]; then
  # As oneself; root needs no user namespace of its own, in which it could not become another user (PostgreSQL's).
  ways=("unshare -rn" "unshare -n"); [ "$(id -u)" = 0 ] && ways=("unshare -n" "unshare -rn")
  for way in "${ways[@]}"; do
    if reason=$($way sh -c "$inside" sh true 2>&1); then
      echo "offline: loopback only ($way): $*" >&2
      exec $way sh -c "$inside" sh "$@"
    fi
  done
fi
echo "offline: SKIPPED, no network namespace may be made here: $reason" >&2
[ -n "$otherwise" ] || exit 77
echo "offline: running with the network there is: $*" >&2
exec "$@"
