#!/usr/bin/env bash
# command.sh SHOAL [ROWS]: the command's long jobs on a GPU, over generated rows of 768 float16 columns (1,000,000 without
# ROWS): the wall time of each and, as the command itself tells, of its phases. Needs a build with CUDA, and numpy.
set -euo pipefail
shoal=$(realpath "$1") rows=${2:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,memory.total --format=csv,noheader -i 0

python3 - "$rows" <<'END'  # around 3,000 centres; blocks of their own seeds, so that cores share the work
import os, sys, numpy as np
from concurrent.futures import ThreadPoolExecutor
rows, block = int(sys.argv[1]), 20_000
centres = np.random.default_rng(0).standard_normal((3000, 768), dtype=np.float32)
out = np.lib.format.open_memmap("x.npy", "w+", np.float16, (rows, 768))
def fill(first):
    random, count = np.random.default_rng(first + 1), min(block, rows - first)
    out[first:first + count] = centres[random.integers(3000, size=count)] + random.standard_normal((count, 768), dtype=np.float32)
with ThreadPoolExecutor(os.cpu_count()) as pool:
    list(pool.map(fill, range(0, rows, block)))
out.flush()
END

# timed NAME ARGUMENTS…
timed() {
  local name=$1 begin
  shift
  begin=$(date +%s%N)
  "$shoal" "$@" --device cuda > "$name.said" 2> "$name.errors" || { tail -c 600 "$name.errors"; exit 1; }
  echo "$name: $(( ($(date +%s%N) - begin) / 1000000 )) ms: shoal $*"
  [ ! -e "$name/run.json" ] || python3 -c 'import json, sys; print("   ", json.load(open(sys.argv[1]))["seconds"])' "$name/run.json"
}
many=(--clusters 10450 --no-report)
timed kmeans cluster x.npy "${many[@]}" --out kmeans
timed refined cluster x.npy "${many[@]}" --init afk-mc2 --device-precision bfloat16 --refine --out refined
timed predict predict kmeans/model.shoal x.npy --out predicted
timed neighbors neighbors x.npy --count 50 --index ivf --out near.npy
tail -n 2 neighbors.said
timed exact neighbors x.npy --count 50 --index exact --device-precision bfloat16 --out exact.npy
timed temi cluster x.npy --method temi --preset imagenet21k --epochs 1 --warmup 0 --neighbors near.npy \
  --device-precision bfloat16 "${many[@]}" --out temi
