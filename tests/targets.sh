#!/usr/bin/env bash
# Compiles one program for several processors and compares what it prints: labels, neighbours and recall must not depend on
# the target. Those that this machine can't run are skipped.   usage: targets.sh [CXX]
set -euo pipefail
cd "$(dirname "$0")/.."
cxx=${1:-g++}; folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
runs() { "$cxx" -march="$1" -dM -E -x c++ /dev/null >/dev/null 2>&1 && case $1 in
  x86-64) [ "$(uname -m)" = x86_64 ] ;;
  x86-64-v3) grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo ;;
  x86-64-v4) grep -qw avx512bw /proc/cpuinfo && grep -qw avx512vl /proc/cpuinfo ;;
  native) true ;;
esac; }
first=
for target in x86-64 x86-64-v3 x86-64-v4 native; do
  if ! runs "$target"; then echo "$target: skipped"; continue; fi
  "$cxx" -std=c++20 -O1 -march="$target" -Iinclude tests/targets/results.cpp -o "$folder/$target" -pthread
  "$folder/$target" >"$folder/$target.txt"
  : "${first:=$target}"
  diff "$folder/$first.txt" "$folder/$target.txt" || { echo "$target differs from $first" >&2; exit 1; }
  echo "$target: as $first"
done
cat "$folder/$first.txt"
