#!/usr/bin/env bash
# delays.sh SHOAL FEATURES [CLUSTERS]: what delays cost an iteration of k-means on 2 and 4 simulated hosts (hosts.sh): the
# difference of fits of 24 and of 4 iterations, each the best of three, beside what the model has for its 4 exchanges at most,
# 4 · 2 log2(p) delays. Needs what hosts.sh needs.
set -euo pipefail
shoal=$(realpath "$1") features=$(realpath "$2") clusters=${3:-8}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# fit HOSTS MICROSECONDS ITERATIONS: the seconds of the fastest of three.
fit() {
  for _ in 1 2 3; do
    "$(dirname "$0")/hosts.sh" "$1" "$2" 1e9 "$shoal" cluster "$features" --clusters "$clusters" --init random --iterations "$3" \
      --threads 1 --out "$out/run" > "$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
    sed -n 's/^ *"fit_seconds": \([^,]*\),*/\1/p' "$out/run/run.json"
  done | sort -g | head -1
}

echo "| hosts | delay, ms | an iteration, ms | the model's delays, ms |"
echo "|---|---|---|---|"
for hosts in 2 4; do
  for delay in 0 100 1000 10000 20000; do
    short=$(fit $hosts $delay 4) long=$(fit $hosts $delay 24)
    LC_ALL=C awk -v p=$hosts -v us=$delay -v a="$short" -v b="$long" \
      'BEGIN { printf "| %d | %g | %.1f | %.1f |\n", p, us / 1e3, (b - a) / 20 * 1e3, 4 * 2 * log(p) / log(2) * us / 1e3 }'
  done
done
