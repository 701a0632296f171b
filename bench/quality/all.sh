#!/usr/bin/env bash
# Reruns every figure of docs/graph.md, the cheapest first, and keeps each table as WORK/<name>.log. What lies in WORK is
# not run again, so that a stopped run goes on. On one thread of an Intel Xeon all before TURTLE takes 33 minutes, TURTLE on mini
# and fashion 20 minutes a seed each, heads 10 minutes a seed of mini and 20 of fashion, and TURTLE on pairs hours.
#
#     python3 -m venv venv && venv/bin/pip install numpy scipy scikit-learn igraph leidenalg
#     cmake --preset bench && cmake --build --preset bench --target shoal_command large_graph graph_times heads_again
#     PYTHON=venv/bin/python bench/quality/all.sh build/bench DATA out/quality
set -euo pipefail
build=$1 data=$2 work=$3 python=${PYTHON:-python3}
shoal=${SHOAL:-$build/shoal}
here=$(dirname "$0")
mkdir -p "$work"

step() {  # step NAME COMMAND…: the command's table, shown and kept
  local log=$work/$1.log
  shift
  echo "== $*"
  "$@" | tee "$log.part"
  mv "$log.part" "$log"
}
of() {  # of NAME SCRIPT OPTIONS…
  local name=$1 script=$2
  shift 2
  step "$name" "$python" "$here/$script.py" "$shoal" "$data" --work "$work" "$@"
}

for rows in 100000 300000 1000000 3000000 10000000; do
  step "large_graph.$rows" "$build/bench/large_graph" $rows 30 1
done
for set in mini:24 pairs:214 nouns:919; do
  step "graph_times.${set%:*}" "$build/bench/graph_times" "$data/${set%:*}/features.npy" "${set#*:}" 30
done
of predict predict
of hints hints
of trust trust --seeds 0 1 2 3 4 --kinds auto kmeans leiden
for resolution in 3 1 10; do
  of modularity.$resolution quality --sets mini pairs fashion --only-modularity --resolutions $resolution
done
of quality quality --sets mini pairs fashion --no-modularity --methods "scikit-learn k-means++" auto leiden
of nouns quality --sets nouns --no-modularity --methods "scikit-learn k-means++" auto
for set in mini fashion; do
  of turtle.$set quality --sets $set --no-modularity --methods turtle
  of heads_again.$set heads_again --sets $set --program "$build/bench/heads_again"
done
of turtle.pairs quality --sets pairs --no-modularity --methods turtle --seeds 0
