#!/usr/bin/env bash
# The same work by shoal and by its rivals, one after another on this machine, as tables.
# usage: run.sh VENV FEATURES.npy [SUPERKMEANS_CHECKOUT] [-- JOB...]     jobs: kmeans neighbors metrics (all, unless named)
# VENV is made if it is not there (setup.sh). Nothing else should run meanwhile: only ratios of one run count.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$here/../..
venv=$(realpath -m "$1") features=$(realpath "$2") checkout=
shift 2
if [ $# -gt 0 ] && [ "$1" != -- ]; then checkout=$(realpath "$1"); shift; fi
if [ "${1:-}" = -- ]; then shift; fi
jobs=${*:-kmeans neighbors metrics}
"$here/setup.sh" "$venv" ${checkout:+"$checkout"}
cd "$root"
cmake --preset bench >/dev/null
python=$venv/bin/python; driver=$venv/bin/superkmeans_driver

kmeans() {
  cmake --build build/bench --target peer_kmeans >/dev/null
  for clusters in 1000 4096; do
    "$python" "$here/kmeans.py" build/bench/bench/peer_kmeans "$features" "$clusters" ${checkout:+--superkmeans "$driver"}
  done
}
neighbors() {
  cmake --build build/bench --target peer_neighbors >/dev/null
  "$python" "$here/neighbors.py" build/bench/bench/peer_neighbors "$features"
}
metrics() {
  cmake --build build/bench --target peer_metrics >/dev/null
  "$python" "$here/metrics.py" build/bench/bench/peer_metrics
}
for job in $jobs; do "$job"; done
