#!/usr/bin/env bash
# run.sh FUZZERS DATA RUNS [SECONDS [CORPUS]]: each fuzzer in the folder FUZZERS tries RUNS inputs, the same ones each
# time, or as many as SECONDS allow (0: no limit). It starts from its own seeds and from the example DATA. What it
# finds stays in CORPUS, if there is one. READERS names the readers (all), in order. Prints a table; fails, and shows
# the input, where a fuzzer finds anything.
set -euo pipefail
fuzzers=$(realpath "$1") data=$(realpath "$2") runs=$3 seconds=${4:-0} corpus=${5:-}
here=$(dirname "$0") work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$work"' EXIT

# seeds READER FOLDER: small files of the example data that the reader takes.
seeds() {
  case $1 in
    tsv | pairs) cp "$data/hierarchy.tsv" "$2/" ;;
    classes) cp "$data/classes.tsv" "$2/" ;;
    npz) cp "$here"/../io/data/*.npz "$2/" ;;
    safetensors) cp "$here"/../io/data/*.safetensors "$2/" ;;
    bin) cp "$here"/../io/data/rows.*bin "$2/" ;;
    vecs) cp "$here"/../io/data/rows.*vecs "$2/" ;;
    csv) cp "$here"/../io/data/{rows.csv,commented.tsv} "$2/" ;;
    npy) cp "$data/labels.npy" "$2/" && head -c 4096 "$data/features.npy" > "$2/cut.npy" ;;
    *) ;;
  esac
}

printf '%-12s %10s %8s %10s %8s\n' reader inputs seconds features result
failed=0
# Less to remember of each allocation, and fewer freed blocks held back: a sixth of the time less.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}malloc_context_size=4:quarantine_size_mb=4
readers=()
for fuzzer in "$fuzzers"/fuzz_*; do
  [[ $fuzzer != *.* ]] || continue  # objects lie beside the programs
  reader=${fuzzer##*/fuzz_}
  if [ "$reader" = features ]; then readers+=(npz safetensors bin vecs csv); else readers+=("$reader"); fi
done
[ -z "${READERS:-}" ] || read -ra readers <<< "$READERS"
# Fuzzers without the sanitizer of addresses are there for their number: no time goes into keeping the corpus small, and
# they may wait for a processor for long.
options=(-max_len=20000 -timeout=20)
[[ $fuzzers != */quick ]] || options=(-max_len=4096 -timeout=120 -entropic=0 -reduce_inputs=0)
for reader in "${readers[@]}"; do
  fuzzer=$fuzzers/fuzz_$reader format=
  [ -x "$fuzzer" ] || fuzzer=$fuzzers/fuzz_features format=$reader
  more=()
  [ "$reader" != arrow ] || more=(-malloc_limit_mb=3000)  # its reader may ask for 2 GiB, in vain
  inputs=${corpus:+$corpus/$reader}
  inputs=${inputs:-$work/$reader}
  mkdir -p "$inputs"
  seeds "$reader" "$inputs"
  start=$SECONDS result=passed
  if ! env TMPDIR="$work" ARROW_DEFAULT_MEMORY_POOL=system ${format:+SHOAL_FUZZ_FORMAT=$format} "$fuzzer" -runs="$runs" -max_total_time="$seconds" \
    -seed=1 "${options[@]}" "${more[@]}" -reload=0 -rss_limit_mb=2048 -artifact_prefix="$work/$reader-" "$inputs" > "$work/said" 2>&1; then
    grep -v '^#' "$work/said" | tail -n 60
    for input in "$work/$reader"-*; do [ ! -f "$input" ] || { echo "$input:" && base64 "$input" | head -n 40; }; done
    failed=1 result=FAILED
  fi
  tried=$(grep -oE '^(Done |#)[0-9]+' "$work/said" | tail -n 1 | grep -oE '[0-9]+' || echo "?")
  features=$(grep -oE 'ft: [0-9]+' "$work/said" | tail -n 1 | grep -oE '[0-9]+' || echo "?")
  printf '%-12s %10s %8s %10s %8s\n' "$reader" "$tried" $((SECONDS - start)) "$features" "$result"
done
exit $failed
