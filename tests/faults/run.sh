#!/usr/bin/env bash
# run.sh SHOAL SHIM DATA [EACH]: one job of each verb while its k-th write, fsync, rename, mmap, open, malloc or start
# of a thread fails, or all from the k-th on (memory, disk), for EACH values of k spread over its calls (3; 0 for all);
# kills; a disk that is full. A job ends
# by itself, with exit status 0, or with another and one line that says why. It works where an earlier run has left its
# files; after it there are all files of one of both. Prints a table.
set -euo pipefail
shoal=$(realpath "$1") shim=$(realpath "$2") data=$(realpath "$3") each=${4:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failed() { echo "faults: $1"; [ ! -s errors ] || head -c 600 errors; exit 1; }

# npy DTYPE SHAPE BYTES FILE TO: the first BYTES of an array's data as an array of its own.
npy() {
  local text="{'descr': '$1', 'fortran_order': False, 'shape': ($2), }"
  { printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$text"; head -c $((128 + $3)) "$4" | tail -c "$3"; } > "$5"
}
columns=$(head -c 128 "$data/features.npy" | tr -d '\0' | grep -aoE '\([0-9]+, [0-9]+' | grep -oE '[0-9]+$')
dtype=$(head -c 128 "$data/features.npy" | tr -d '\0' | grep -aoE "'[<|][fV][24]'" | tr -d "'")
width=${dtype: -1}
npy "$dtype" "300, $columns" $((300 * columns * width)) "$data/features.npy" f.npy
labels_dtype=$(head -c 128 "$data/labels.npy" | tr -d '\0' | grep -aoE "'[<|]i[1248]'" | tr -d "'")
npy "$labels_dtype" "300," $((300 * ${labels_dtype: -1})) "$data/labels.npy" y.npy
"$shoal" cluster f.npy --clusters 4 --threads 3 --no-report --out given > /dev/null
"$shoal" cluster f.npy --method temi --clusters 4 --heads 1 --epochs 1 --batch 100 --neighbor-count 5 --threads 3 \
  --no-report --out trained > /dev/null
"$shoal" neighbors f.npy --count 5 --threads 3 --out nn.npy > /dev/null
tree=(--hierarchy "$data/hierarchy.tsv" --classes "$data/classes.tsv")

declare -A job=(
  [cluster]="cluster f.npy --clusters 4 --iterations 3 --threads 3 --no-report --out o"
  [heads]="cluster f.npy --method temi --clusters 4 --heads 1 --epochs 1 --batch 100 --neighbor-count 5 --threads 3 --no-report --out o"
  [neighbors]="neighbors f.npy --count 5 --threads 3 --out o/nn.npy"
  [predict]="predict given/model.shoal f.npy --threads 3 --out o"
  [evaluate]="evaluate given/labels.npy y.npy --threads 3 --json"
  [probe]="probe f.npy y.npy --epochs 1 --threads 3 --out o"
  [hierarchy]="hierarchy cut $data/hierarchy.tsv --labels y.npy --classes $data/classes.tsv --count 5 --out o"
  [benchmark]="benchmark odd y.npy --out o"
  [coarse]="benchmark coarse y.npy --depth 3 ${tree[*]} --out o"
  [graph]="cluster f.npy --method pmi-graph --clusters 4 --neighbor-count 5 --threads 3 --no-report --out o"
  [turtle]="cluster f.npy --method turtle --clusters 4 --steps 2 --threads 3 --no-report --out o"
  [refine]="refine y.npy nn.npy --threads 3 --out o/labels.npy"
  [compare]="compare y.npy given --features f.npy --neighbors nn.npy --threads 3 --json --out o/page.html"
  [suggest]="suggest f.npy --most 4 --threads 3 --out o/page.html"
  [report]="report o f.npy --truth y.npy --threads 3"
  [page]="evaluate given/labels.npy y.npy --features f.npy --threads 3 --report o/page.html"
  [zero-shot]="zero-shot f.npy $data/class_texts.npy --labels y.npy --threads 3 --out o"
  [relabel]="relabel f.npy y.npy $data/class_texts.npy ${tree[*]} --threads 3 --out o"
  [export]="export given/model.shoal --out o/centroids.npy"
  [layers]="export trained/model.shoal --out o/layers.safetensors"
  [lemmas]="hierarchy lemmas ${tree[*]:1} --out o/lemmas.tsv"
  [pairs]="pairs nn.npy y.npy --model trained/model.shoal --features f.npy --threads 3 --json"
)

# same FOLDER FOLDER: the same files, and arrays, tables and pages with the same bytes.
same() { [ "$(ls -A "$1" 2> /dev/null)" = "$(ls -A "$2" 2> /dev/null)" ] && for f in "$1"/*.{npy,tsv,html,safetensors}; do [ ! -e "$f" ] || cmp -s "$f" "$2/${f##*/}" || return 1; done; }

# runs VERB FAULT: the job under a fault; what it left is checked.
runs() {
  local verb=$1 status=0
  rm -rf o
  cp -r earlier o
  # shellcheck disable=SC2086
  timeout 120 env LD_PRELOAD="$shim" SHOAL_FAULT="$2" "$shoal" ${job[$verb]} > said 2> errors || status=$?
  [ $status -lt 124 ] || failed "$verb with $2: ended with status $status"
  [[ $2 != thread:* ]] || [ $status -eq 0 ] || failed "$verb with $2: a thread that can't be started ended the run"
  [ $status -eq 0 ] || [ "$(grep -c "^shoal: " errors)" -eq 1 ] || failed "$verb with $2: did not say why in one line"
  # Where no memory is left to find the files of the run, they stay for the next run to remove.
  [[ $2 != malloc:* ]] || rm -rf o/.shoal-new o/*.shoal-*.tmp
  same o later || { [ $status -ne 0 ] && same o earlier; } ||
    failed "$verb with $2: status $status, and the folder holds $(ls -A o | tr '\n' ' ')"
}

kinds=(write fsync rename mmap open malloc thread disk memory)
printf '%-10s' verb; printf '%9s' "${kinds[@]}"; echo
total=0
for verb in cluster heads graph turtle neighbors refine predict evaluate page compare suggest report probe hierarchy lemmas \
  benchmark coarse zero-shot relabel export layers pairs; do
  rm -rf o counts later earlier
  if [ $verb = report ]; then cp -r given o; else mkdir o; fi
  # shellcheck disable=SC2086
  LD_PRELOAD="$shim" SHOAL_FAULT_COUNT=counts "$shoal" ${job[$verb]} > said 2> errors || failed "$verb fails without a fault"
  mv o later
  cp -r later earlier
  for file in earlier/*.{npy,tsv,html,safetensors}; do  # what a report is of stays as it is
    [ ! -e "$file" ] || [ $verb:"${file##*.}" = report:npy ] || printf 'x' >> "$file"
  done
  printf '%-10s' "$verb"
  for kind in "${kinds[@]}"; do
    case $kind in
      disk) fault=write more=+ ;;
      memory) fault=malloc more=+ ;;
      *) fault=$kind more= ;;
    esac
    calls=$(awk -v kind=$fault '$1 == kind { print $2 }' counts)
    tried=0
    step=$(( each > 0 && calls > each ? calls / each : 1 ))
    for ((k = 1; k <= calls; k += step)); do
      runs "$verb" $fault:$k$more
      tried=$((tried + 1))
    done
    total=$((total + tried))
    printf '%9s' "$tried/$calls"
  done
  echo
done

# Kills: whatever the moment, the next run gives what an undisturbed one gives, and nothing else is left.
# shellcheck disable=SC2206
quiet=(${job[cluster]})
rm -rf o
"$shoal" "${quiet[@]}" > /dev/null
cp o/labels.npy undisturbed.npy
for k in $(seq 1 20); do
  "$shoal" "${quiet[@]}" > /dev/null 2>&1 &
  victim=$!
  sleep "0.0$((k * 7 % 10))$((k % 10))"
  kill -KILL $victim 2> /dev/null || true
  wait $victim 2> /dev/null || true
done
"$shoal" "${quiet[@]}" > /dev/null
cmp o/labels.npy undisturbed.npy
! find . -name '*.shoal-*.tmp' | grep -q . || failed "temporaries stay after kills"
echo "20 kills: the same labels, no temporaries"

# A disk that is full: no file may grow beyond 1 KiB, and standard output has no room at all.
status=0
rm -rf o
(trap '' XFSZ; ulimit -f 1; "$shoal" "${quiet[@]}") > said 2> errors || status=$?
[ $status -eq 1 ] && [ "$(wc -l < errors)" -eq 1 ] || failed "a full disk: status $status"
! find . -name '*.shoal-*.tmp' | grep -q . || failed "a full disk: a temporary stays"
if [ -e /dev/full ]; then
  status=0
  # shellcheck disable=SC2086
  "$shoal" ${job[evaluate]} > /dev/full 2> errors || status=$?
  [ $status -ne 0 ] && [ $status -lt 124 ] || failed "standard output is full: status $status"
fi
echo "a full disk: said, and nothing half written"
echo "$total faults, none ended by a signal"
