#!/usr/bin/env bash
# compile.sh SOURCE_DIR OUT_DIR [each]: everything for the GPU compiled and linked by nvcc, without a warning; 77 without nvcc.
# Nothing in the sources depends on the GPU, so the code for the oldest serves all, in half the time; and the programs are
# compiled as one, since they share their engines. With `each` it is the laws alone, and every GPU's code is its own:
# OUT_DIR/kernels.log is then what bench/cuda/kernels.py makes its table of.
set -euo pipefail
source=$1 out=$2 each=${3:-}
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null) || { echo "skipped: no nvcc"; exit 77; }
mkdir -p "$out"
# g++ 12 takes a member of CUB's radix sort for one that may be uninitialised.
flags=(-std=c++20 --expt-relaxed-constexpr -Werror all-warnings -Xcompiler -Wall,-Wextra,-Wno-maybe-uninitialized,-march=native
       -I "$source/include" -I "$source/tests")
programs=(examples/gpu.cu bench/cuda/cuda.cu tests/cuda/device.cu)
if [[ $each == each ]]; then programs=(tests/cuda/device.cu); fi
for program in "${programs[@]}"; do
  printf '#define main main_of_%s\n#include "%s"\n#undef main\n' "$(basename "$program" .cu)" "$(realpath "$source/$program")"
done > "$out/programs.cu"
echo 'int main() {}' >> "$out/programs.cu"
all=() oldest=  # the GPUs that matter, of those that this nvcc knows
for arch in 80 90 100 120; do
  "$nvcc" --list-gpu-code | grep -qx "sm_$arch" || continue
  if [[ $each == each || ! $oldest ]]; then oldest=$arch; fi
  all+=(-gencode "arch=compute_$oldest,code=sm_$arch")
done

"$nvcc" "${flags[@]}" -O0 "${all[@]}" -t 0 -Xptxas -v "$out/programs.cu" -lcublas -o "$out/programs" \
  2> "$out/kernels.log" || { grep -v '^ptxas' "$out/kernels.log"; exit 1; }
