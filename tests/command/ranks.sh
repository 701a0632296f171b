#!/usr/bin/env bash
# ranks.sh SHOAL DATA: mpirun -n 3 shoal cluster leaves the files of one process, an error is told once, and a rank that
# is killed leaves nothing half-written.
over_ranks=$(cd "$(dirname "$0")/../mpi" && pwd)/run.sh
. "$(dirname "$0")/lib.sh"

mkdir parts
part 0 900 "$data/features.npy" parts/part-0.npy
part 900 300 "$data/features.npy" parts/part-1.npy
first 1200 "$data/features.npy" all.npy
same() {  # same OPTIONS…: three ranks and one process give the same files
  "$shoal" cluster all.npy --seed 3 --threads 1 --out one "$@" >/dev/null
  bash "$over_ranks" 3 "$shoal" cluster parts --seed 3 --threads 1 --out three "$@" > said
  for file in labels.npy top5.npy confidence.npy model.shoal clusters.tsv exemplars.tsv; do cmp one/$file three/$file; done
}
same --clusters 12
[ "$(grep -c '^k-means: ' said)" -eq 1 ] || failed "not one line of three ranks: $(cat said)"
grep -q '"ranks": 3' three/run.json || failed "run.json does not tell of ranks"
same --clusters 7 --geometry euclidean --min-size 100 --standardize


# Heads: neighbours that the ranks find, a file of them, and two views.
few="--heads 4 --epochs 2 --batch 400 --hidden 32 --bottleneck 16"
# shellcheck disable=SC2086
same --method temi --clusters 9 --neighbor-count 10 --standardize $few
[ "$(grep -c '^TEMI: ' said)" -eq 1 ] || failed "not one line of three ranks: $(cat said)"
cmp one/checkpoint.shoal three/checkpoint.shoal
# shellcheck disable=SC2086
same --method scan --clusters 9 --neighbor-count 10 --index ivf $few
for run in one three; do grep -o 'by inverted lists, recall [0-9.]* on 1,000 rows' $run/run.json > $run.recall; done
cmp one.recall three.recall
"$shoal" neighbors all.npy --count 8 --out near.npy >/dev/null
# shellcheck disable=SC2086
same --method scan --clusters 5 --neighbors near.npy $few
cp all.npy view.npy
# shellcheck disable=SC2086
same --method scp --clusters 5 --view view.npy $few
# shellcheck disable=SC2086
same --method scp --clusters 5 --plain --view view.npy --view all.npy $few

wrong() {  # wrong TEXT ARGUMENTS…: three ranks end with one line that holds TEXT
  local text=$1
  shift
  ! bash "$over_ranks" 3 "$shoal" "$@" 2>errors >/dev/null || failed "$*: no error"
  [ "$(grep -c '^shoal: ' errors)" -eq 1 ] && grep -qF -- "$text" errors || failed "$*: said $(cat errors), not $text"
}
wrong "can't be opened" cluster none.npy --clusters 12 --out x
wrong "--method auto runs in one process" cluster parts --method auto --clusters 12 --out x
wrong "--true-pairs and --class-pairs run in one process" cluster parts --method temi --clusters 12 --out x --class-pairs one/labels.npy
wrong "--mini-batch runs in one process" cluster parts --clusters 12 --mini-batch 100 --out x
wrong "shoal neighbors runs in one process" neighbors parts --out x.npy
touch file
wrong "file is a file; a folder is expected" cluster parts --clusters 12 --out file  # which the first rank alone sees

# killed FILE OPTIONS…: one of three ranks is killed once FILE is in their folder, which ends all by the launcher's rule.
trap 'kill $launcher 2>/dev/null || true; rm -rf "$work"' EXIT
killed() {
  local file=$1 ranks= began
  shift
  bash "$over_ranks" 3 "$shoal" cluster parts --threads 1 --out killed "$@" >out 2>errors &
  launcher=$!
  for _ in $(seq 500); do
    sleep 0.02
    ranks=$(pgrep -P $launcher -x "$(basename "$shoal")" || true)
    [ "$(wc -w <<< "$ranks")" -lt 3 ] || [ ! -e "killed/$file" ] || break
  done
  [ "$(wc -w <<< "$ranks")" -eq 3 ] || failed "three ranks did not start"
  kill -KILL "$(tail -n 1 <<< "$ranks")"
  began=$SECONDS
  ! wait $launcher || failed "no error where a rank was killed"
  [ $((SECONDS - began)) -le 20 ] || failed "a killed rank was noticed after $((SECONDS - began)) s"
  grep -qiE 'killed|signal 9' errors || failed "no word of the killed rank: $(cat errors)"
  [ ! -e killed/run.json ] && [ ! -e killed/labels.npy ] || failed "half a run was left"
}
killed . --clusters 200 --restarts 10000

# A training goes on from its last checkpoint, over another number of ranks.
long="--method scan --clusters 5 --neighbors near.npy --heads 4 --epochs 60 --batch 400 --hidden 32 --bottleneck 16"
# shellcheck disable=SC2086
"$shoal" cluster all.npy $long --threads 1 --out whole >/dev/null
# shellcheck disable=SC2086
killed checkpoint.shoal $long
# shellcheck disable=SC2086
bash "$over_ranks" 2 "$shoal" cluster parts $long --threads 1 --resume --out killed >/dev/null
for file in labels.npy top5.npy confidence.npy model.shoal checkpoint.shoal; do cmp whole/$file killed/$file; done
