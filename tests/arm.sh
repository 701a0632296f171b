#!/usr/bin/env bash
# arm.sh [ROOM...]: compiles tests for 64-bit ARM and runs them under qemu: those of vectors and products without and with
# the instructions that multiply bytes, whole rooms (kmeans, heads, neighbors, metrics, contract, unless some are named) with
# them. A program of labels and neighbours must print what it prints for this machine (targets.sh). Exits 77 where Debian's
# g++-aarch64-linux-gnu or qemu-user is not installed. Takes minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
cxx=aarch64-linux-gnu-g++
for tool in $cxx qemu-aarch64; do
  command -v "$tool" >/dev/null || { echo "arm.sh: skipped, no $tool"; exit 77; }
done
if [ $# -eq 0 ]; then set -- kmeans heads neighbors metrics contract; fi
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
mkdir "$folder/include"
for header in doctest Eigen; do  # this machine's headers are no ARM's, but for those two libraries
  file=$(echo "#include <$header/$([ $header = Eigen ] && echo Core || echo doctest.h)>" |
    g++ -E -I/usr/include/eigen3 -x c++ - | sed -n "s|^# [0-9]* \"\(.*/$header\)/.*|\1|p" | awk 'NR == 1')
  ln -s "$file" "$folder/include/$header"
done

# arm TARGET SOURCE PROGRAM: compiles for ARM.
arm() {
  $cxx -std=c++20 -O1 -Wno-psabi -march="$1" -Iinclude -Itests -isystem "$folder/include" "${defined[@]}" "$2" -o "$3" -static -pthread
}
# room NAME FILE...: one program of these tests.
room() {
  local name=$1
  shift
  defined=("-DTEST_DATA=\"$PWD/tests/$name/data\"" "-DEXAMPLE_DATA=\"$PWD/examples/data\"")
  { echo '#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN' && printf '#include "%s"\n' "$@"; } >"$folder/$name.cpp"
}

bytes=armv8.2-a+dotprod
room kernels "$PWD"/tests/simd/{byte_products,bytes}_test.cpp "$PWD"/tests/linalg/{byte_tile,codes,row_codes,tile}_test.cpp
for target in armv8-a $bytes $bytes+i8mm; do
  arm $target "$folder/kernels.cpp" "$folder/kernels"
  echo "kernels, $target:"
  qemu-aarch64 -cpu max "$folder/kernels"
done

g++ -std=c++20 -O1 -Iinclude tests/targets/results.cpp -o "$folder/here" -pthread
for target in $bytes $bytes+i8mm; do
  arm $target tests/targets/results.cpp "$folder/results"
  diff <("$folder/here") <(qemu-aarch64 -cpu max "$folder/results")
done
echo "labels, neighbours and recall: as on $(uname -m)"

for name in "$@"; do
  mapfile -t files < <(find "$PWD/tests/$name" -name '*_test.cpp' | sort)
  room "$name" "${files[@]}"
  arm $bytes "$folder/$name.cpp" "$folder/$name"
  echo "$name, $bytes:"
  qemu-aarch64 -cpu max "$folder/$name"
done
