#!/usr/bin/env bash
# cuda_device.sh [OPTION...] [TEMI_CHECKOUT]: on a machine with a GPU, builds for it, runs the laws on the device against the
# CPU backend (under compute-sanitizer too, where there is one) and the benchmark, and fails on any mismatch. Exits 77
# without a GPU.
#   --tests         the laws only, as ctest runs them
#   --bench         the benchmark only
#   --only PARTS    of the benchmark only these, in commas: kmeans, scale, neighbours, lists, zeroshot, probe, silhouette, temi,
#                   scan
#   --no-racecheck  without racecheck and synccheck, which take most of a minute
#   --out DIR       keeps programs, logs and the report there; what has been done for the same sources is not done again
#   --dry-run       everything up to the first call of a device: builds for sm_90, and makes a report of no measurements
#   TEMI_CHECKOUT   of HHU-MMBS/TEMI-official-BMVC2023 (or by the environment): its step is measured too, where PYTHON
#                   (python3, unless the environment says otherwise) has torch
set -euo pipefail
laws=1 bench=1 racecheck=1 dry= parts= out=
while [[ ${1-} == --* ]]; do
  case $1 in
    --tests) bench= ;;
    --bench) laws= ;;
    --no-racecheck) racecheck= ;;
    --dry-run) dry=1 ;;
    --only) parts=${2//,/ }; shift ;;
    --out) out=$2; shift ;;
    *) echo "cuda_device.sh: unknown option $1"; exit 2 ;;
  esac
  shift
done
export TEMI_CHECKOUT=${1-${TEMI_CHECKOUT-}}
[ -z "$TEMI_CHECKOUT" ] || TEMI_CHECKOUT=$(realpath "$TEMI_CHECKOUT")
[ -n "$out" ] || { out=$(mktemp -d); trap 'rm -rf "$out"' EXIT; }
out=$(realpath -m "$out")
cd "$(dirname "$0")/.."

if [ -z "$dry" ] && ! nvidia-smi -L 2>/dev/null | grep -q GPU; then
  echo "skipped: no GPU here"
  exit 77
fi
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null) || { echo "skipped: no nvcc"; exit 77; }
libraries=$(dirname "$(dirname "$(realpath "$nvcc")")")/lib64  # not on every machine's path for libraries
if [ -n "$dry" ]; then arch=sm_90 card="no card"; else
  arch=native
  card=$(nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,clocks.max.memory --format=csv,noheader -i 0)
fi
# What has been done is remembered by the contents of the sources.
sources=$(find include bench/cuda tests/cuda tests/support tests/laws -type f | sort | xargs cat | sha256sum | cut -c1-12)
out=$out/$sources-$arch
mkdir -p "$out"
echo "$card; results in $out"

# stage NAME COMMAND...: unless it has been done, runs it, and keeps what it prints in NAME.log.
stage() {
  local name=$1 begin=$SECONDS
  shift
  if [ -e "$out/$name.done" ]; then echo "== $name: done before"; return; fi
  echo "== $name"
  "$@" 2>&1 | tee "$out/$name.log"
  touch "$out/$name.done"
  echo "== $name took $((SECONDS - begin)) s"
}
build() {
  "$nvcc" -std=c++20 --expt-relaxed-constexpr -O3 -arch=$arch -lineinfo -Xcompiler -march=native -I include -I tests "$1" \
    -lcublas -Xlinker -rpath,"$libraries" -o "$out/$2"
}
build_all() {  # at once, since each takes a processor for most of a minute
  local jobs=()
  if [ -n "$laws" ]; then build tests/cuda/device.cu laws & jobs+=($!); fi
  if [ -n "$bench" ]; then build bench/cuda/cuda.cu bench & jobs+=($!); fi
  for job in "${jobs[@]}"; do wait "$job"; done
}
sanitize() { CUDA_LAUNCH_BLOCKING=${one_by_one:-0} "$sanitizer" --error-exitcode 1 "${@:2}" --tool "$1" "$out/laws" --small; }
# The same, where an error of the tool's own, which says nothing of the laws, is told and no failure.
sanitize_or_tell() {
  local said
  if said=$(sanitize "$@" 2>&1); then echo "$said"; return; fi
  echo "$said"
  [[ $said == *"Internal Sanitizer Error"* ]] && echo "== $1 ended by an error of its own"
}

stage "build${laws:+-laws}${bench:+-bench}" build_all
if [ -n "$laws" ] && [ -z "$dry" ]; then
  stage laws "$out/laws"
  if sanitizer=$(command -v compute-sanitizer || ls "$(dirname "$nvcc")/compute-sanitizer" 2>/dev/null); then
    stage memcheck sanitize memcheck
    # Of our kernels only, and one after another: these tools misread how cuBLAS's synchronise, and fail themselves where
    # kernels of two streams overlap.
    one_by_one=1
    for tool in ${racecheck:+racecheck synccheck}; do
      stage $tool sanitize_or_tell $tool --kernel-name kernel_substring=run_kernel
    done
  fi
fi
[ -n "$bench" ] || exit 0

name=bench${parts:+-${parts// /-}}
if [ -n "$dry" ]; then
  : > "$out/$name.log"
  echo "dry run: nothing was measured" > "$out/rivals-$name.log"
else
  # shellcheck disable=SC2086  # words
  stage "$name" "$out/bench" $parts
  # shellcheck disable=SC2086
  stage "rivals-$name" "${PYTHON:-python3}" -W ignore bench/cuda/rivals.py $parts
fi
python3 bench/cuda/report.py --card "$card" --json "$out/$name.json" --markdown "$out/$name.md" \
  "$out/$name.log" "$out/rivals-$name.log"
cat "$out/$name.md"
