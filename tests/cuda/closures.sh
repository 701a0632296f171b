#!/usr/bin/env bash
# closures.sh SOURCE_DIR COMPILER [all]: nvcc and the compiler of the other sources lay out the library's lambdas alike
# (closures.py says why they must): those of the compiled form or, in some minutes, of all inline functions. 77 without nvcc.
set -euo pipefail
source=$1 compiler=$2 which=${3:-}
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null) || { echo "skipped: no nvcc"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for part in heads kmeans metrics model neighbors; do echo "#include \"$source/src/$part.cpp\""; done > "$work/all.cpp"
keep=()
if [[ $which == all ]]; then
  keep=(-fkeep-inline-functions)
  (cd "$source/include" && printf '#include <%s>\n' shoal/shoal.hpp shoal/{graph,hierarchy,metrics,dataset,probe,model,turtle}/*.hpp) >> "$work/all.cpp"
fi
flags=(-std=c++20 -O0 -g -DSHOAL_COMPILED -I "$source/include" -c "$work/all.cpp")
"$compiler" "${keep[@]}" "${flags[@]}" -o "$work/host.o" &
"$nvcc" -x cu --expt-relaxed-constexpr -arch=sm_90 -ccbin "$compiler" "${keep[@]/#/-Xcompiler=}" \
  "${flags[@]}" -o "$work/cuda.o"
wait $!
python3 "$source/tests/cuda/closures.py" "$work/host.o" "$work/cuda.o"
