#!/usr/bin/env bash
# Install the Debian packages of apt.txt that are missing, by feature.
# usage: scripts/setup_system.sh [--list] [FEATURE...]     (every feature when none is named)
#   --list   name what is missing, one package a line, and install nothing; exit 0 when nothing is missing
set -euo pipefail
cd "$(dirname "$0")/.."
list=; if [ "${1:-}" = --list ]; then list=1; shift; fi

features() { grep -v '^#' apt.txt | cut -d: -f1; }
packages_of() { grep "^$1:" apt.txt | cut -d: -f2-; }
is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

command -v dpkg-query >/dev/null || {
  echo "setup-system: this is not a Debian system; install what apt.txt names with your package manager" >&2; exit 2; }
wanted=("$@"); [ $# -gt 0 ] || mapfile -t wanted < <(features)
missing=()
for feature in "${wanted[@]}"; do
  features | grep -qx "$feature" || {
    echo "setup-system: unknown feature '$feature'; known: $(features | tr '\n' ' ')" >&2; exit 2; }
  for package in $(packages_of "$feature"); do is_installed "$package" || missing+=("$package"); done
done

if [ -n "$list" ]; then
  [ ${#missing[@]} -eq 0 ] || { printf '%s\n' "${missing[@]}"; exit 1; }
  exit 0
fi
if [ ${#missing[@]} -eq 0 ]; then echo "setup-system: nothing is missing"; exit 0; fi
as_root=(); if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup-system: needs root for: ${missing[*]}" >&2; exit 2; }
  as_root=(sudo)
fi
echo "setup-system: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
