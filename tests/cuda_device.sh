#!/usr/bin/env bash
# cuda_device.sh: on a machine with a GPU, builds for it, runs the laws on the device against the CPU backend (under
# compute-sanitizer too, where there is one) and the benchmark, and fails on any mismatch. Exits 77 without a GPU.
#   --tests   the laws only, as ctest runs them
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L 2>/dev/null | grep -q GPU; then
  echo "skipped: no GPU here"
  exit 77
fi
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null) || { echo "skipped: a GPU, but no nvcc"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
build() {
  "$nvcc" -std=c++20 --expt-relaxed-constexpr -O3 -arch=native -Xcompiler -march=native -I include -I tests "$1" -lcublas \
    -o "$out/$2"
}

nvidia-smi -L
build tests/cuda/device.cu laws
"$out/laws"
if sanitizer=$(command -v compute-sanitizer); then
  for tool in memcheck racecheck synccheck; do "$sanitizer" --tool "$tool" --error-exitcode 1 "$out/laws"; done
fi
[ "${1-}" = --tests ] && exit 0
build bench/cuda/cuda.cu bench
"$out/bench"
