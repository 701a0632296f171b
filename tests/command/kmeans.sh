#!/usr/bin/env bash
# kmeans.sh SHOAL DATA: the ways to run k-means: rows, weights, first centroids, bounds on sizes, mini-batches and two
# levels. What does not fit the rows is refused before work starts, by the name of the option.
. "$(dirname "$0")/lib.sh"
first 300 "$data/features.npy" f.npy
first 200 "$data/features.npy" few.npy
first 6 "$data/features.npy" start.npy
first 5 "$data/features.npy" five.npy
seq 0 199 > rows.txt
integers rows.txt > rows.npy
# weights COUNT TOTAL: float32, the first COUNT 1 and the others 0.
weights() {
  printf "\x93NUMPY\x01\x00\x76\x00%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': ($2,), }"
  for _ in $(seq "$1"); do printf '\x00\x00\x80\x3f'; done
  head -c $((4 * ($2 - $1))) /dev/zero
}
weights 200 300 > weights.npy
weights 200 200 > short.npy

# run OUT ARGUMENTS…: a quiet run, whose plan names rows, products, memory and time.
run() {
  local out=$1
  shift
  "$shoal" cluster "$@" --out "$out" > "$out.txt"
  head -1 "$out.txt" | grep -qE '^Plan: [0-9,]+ × 384 rows into [0-9]+ clusters, .*; up to [0-9.e]+ products; .* of memory; (under a second|about )' ||
    failed "$*: the plan is $(head -1 "$out.txt")"
  grep -qE "^Wrote .* in $out(, in place of an earlier run's)?$" "$out.txt" || failed "$*: said $(cat "$out.txt")"
}
labels() { tail -c +129 "$1/labels.npy" | head -c $((4 * $2)); }

run few few.npy --clusters 6 --start start.npy
run chosen f.npy --clusters 6 --start start.npy --rows rows.npy --seed 9
cmp few/labels.npy chosen/labels.npy  # the same rows; first centroids leave nothing to the seed
run weighted f.npy --clusters 6 --start start.npy --weights weights.npy
cmp <(labels few 200) <(labels weighted 200)  # rows without weight move no centroid

for bounds in "--min-size 40" "--max-size 60" "--min-size 45 --max-size 55"; do
  # shellcheck disable=SC2086
  run sizes f.npy --clusters 6 $bounds
  awk -v least="$(sed -n 's/.*--min-size \([0-9]*\).*/\1/p' <<< "$bounds 0")" -v most="$(sed -n 's/.*--max-size \([0-9]*\).*/\1/p' <<< "$bounds")" \
    'NR > 1 && ($2 < least + 0 || (most != "" && $2 > most + 0)) { bad = 1 } END { exit bad || NR != 7 }' FS='\t' sizes/clusters.tsv ||
    failed "$bounds: $(cut -f 2 sizes/clusters.tsv | tr '\n' ' ')"
  grep -q "and as many rounds that balance sizes" sizes.txt || failed "$bounds: the plan is $(head -1 sizes.txt)"
done
run batches f.npy --clusters 6 --mini-batch 50
grep -q '"mini_batch": 50' batches/run.json || failed "run.json does not tell of mini-batches"
run levels f.npy --clusters 36 --hierarchical
[ "$(wc -l < levels/clusters.tsv)" -gt 30 ] || failed "--hierarchical left $(wc -l < levels/clusters.tsv) clusters of 36"

# early TEXT ARGUMENTS…: refused in the words of the command, before the plan is printed.
early() {
  local text=$1
  shift
  refuses 1 "$text" cluster f.npy --clusters 6 --out none "$@"
  [ -z "$("$shoal" cluster f.npy --clusters 6 --out none "$@" 2> /dev/null || true)" ] || failed "$*: worked before it refused"
}
early "--weights: short.npy holds 200 weights; there are 300 rows" --weights short.npy
early "--start: five.npy holds 5 × 384 numbers; --clusters (6) and the columns of the features ask for 6 × 384" --start five.npy
early "--min-size (60) must not exceed --max-size (50)" --min-size 60 --max-size 50
early "--min-size (51): 6 clusters of so many rows need more than the 300 rows that there are" --min-size 51
early "--max-size (40): 6 clusters of so many rows can't hold the 300 rows that there are" --max-size 40
