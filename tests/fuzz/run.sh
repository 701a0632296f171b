#!/usr/bin/env bash
# run.sh FUZZERS DATA RUNS [SECONDS [CORPUS]]: each fuzzer in the folder FUZZERS tries RUNS inputs, the same ones each
# time, or as many as SECONDS allow (0: no limit). It starts from its own seeds and from the example DATA. What it
# finds stays in CORPUS, if there is one. Prints a table; fails, and shows the input, where a fuzzer finds anything.
set -euo pipefail
fuzzers=$(realpath "$1") data=$(realpath "$2") runs=$3 seconds=${4:-0} corpus=${5:-}
here=$(dirname "$0") work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# seeds READER FOLDER: small files of the example data that the reader takes.
seeds() {
  case $1 in
    tsv | pairs) cp "$data/hierarchy.tsv" "$2/" ;;
    classes) cp "$data/classes.tsv" "$2/" ;;
    features) cp "$here"/../io/data/{one.npz,several.npz,several.safetensors,rows.fvecs,rows.csv} "$2/" ;;
    npy) cp "$data/labels.npy" "$2/" && head -c 4096 "$data/features.npy" > "$2/cut.npy" ;;
    *) ;;
  esac
}

printf '%-12s %10s %8s %10s %8s\n' reader inputs seconds features result
failed=0
for fuzzer in "$fuzzers"/fuzz_*; do
  reader=${fuzzer##*/fuzz_}
  inputs=${corpus:+$corpus/$reader}
  inputs=${inputs:-$work/$reader}
  mkdir -p "$inputs"
  seeds "$reader" "$inputs"
  start=$SECONDS result=passed
  if ! "$fuzzer" -runs="$runs" -max_total_time="$seconds" -seed=1 -max_len=20000 -timeout=20 -rss_limit_mb=2048 \
    -artifact_prefix="$work/$reader-" "$inputs" > "$work/said" 2>&1; then
    grep -v '^#' "$work/said" | tail -n 60
    for input in "$work/$reader"-*; do [ ! -f "$input" ] || { echo "$input:" && base64 "$input" | head -n 40; }; done
    failed=1 result=FAILED
  fi
  tried=$(grep -oE '^Done [0-9]+' "$work/said" | grep -oE '[0-9]+' || echo "?")
  features=$(grep -oE 'ft: [0-9]+' "$work/said" | tail -n 1 | grep -oE '[0-9]+' || echo "?")
  printf '%-12s %10s %8s %10s %8s\n' "$reader" "$tried" $((SECONDS - start)) "$features" "$result"
done
exit $failed
