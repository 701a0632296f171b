#!/usr/bin/env bash
# cuda_device.sh [--tests] [TEMI_CHECKOUT]: on a machine with a GPU, builds for it, runs the laws on the device against
# the CPU backend (under compute-sanitizer too, where there is one) and the benchmark, and fails on any mismatch. Exits 77
# without a GPU. On an H200 the laws take seconds, racecheck most of a minute, the benchmark and its rivals a minute and a half.
#   --tests         the laws only, as ctest runs them
#   TEMI_CHECKOUT   of HHU-MMBS/TEMI-official-BMVC2023 (or by the environment): its step is a row of the table too, where
#                   PYTHON (python3, unless the environment says otherwise) has torch
set -euo pipefail
only_tests=; [ "${1-}" = --tests ] && { only_tests=1; shift; }
export TEMI_CHECKOUT=${1-${TEMI_CHECKOUT-}}
[ -z "$TEMI_CHECKOUT" ] || TEMI_CHECKOUT=$(realpath "$TEMI_CHECKOUT")
cd "$(dirname "$0")/.."
if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L 2>/dev/null | grep -q GPU; then
  echo "skipped: no GPU here"
  exit 77
fi
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null) || { echo "skipped: a GPU, but no nvcc"; exit 77; }
libraries=$(dirname "$(dirname "$(realpath "$nvcc")")")/lib64  # not on every machine's path for libraries
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
build() {
  "$nvcc" -std=c++20 --expt-relaxed-constexpr -O3 -arch=native -lineinfo -Xcompiler -march=native -I include -I tests "$1" \
    -lcublas -Xlinker -rpath,"$libraries" -o "$out/$2"
}

nvidia-smi -L
build tests/cuda/device.cu laws
"$out/laws"
if sanitizer=$(command -v compute-sanitizer || ls "$(dirname "$nvcc")/compute-sanitizer" 2>/dev/null); then
  "$sanitizer" --tool memcheck --error-exitcode 1 "$out/laws" --small
  for tool in racecheck synccheck; do  # of our kernels only: cuBLAS's synchronise by means that these tools misread
    "$sanitizer" --tool $tool --kernel-name kernel_substring=run_kernel --error-exitcode 1 "$out/laws" --small
  done
fi
[ -z "$only_tests" ] || exit 0
build bench/cuda/cuda.cu bench
"$out/bench"
"${PYTHON:-python3}" -W ignore bench/cuda/rivals.py
