#!/usr/bin/env bash
# windows.sh SOURCE [FOLDER [PART…]]: shoal cross-compiled for Windows by MinGW-w64 and run under Wine: all headers compile
# without a warning, an example clusters the quickstart's data, the command does too (windows_command.sh), and the tests of the
# rooms pass. PARTs are command, core, io, kmeans, heads and metrics: all of these unless some are named. What is built stays in
# FOLDER, where one is named. Exits with 77, skipped, where the compiler, doctest or Wine is missing (Debian:
# g++-mingw-w64-x86-64-posix, doctest-dev, libeigen3-dev, wine64; for the command libcli11-dev and nlohmann-json3-dev too).
set -euo pipefail
source=$(realpath "$1")
cxx=x86_64-w64-mingw32-g++-posix
wine=$(command -v wine64 || ls /usr/lib/wine/wine64 2> /dev/null) || { echo "skipped: there is no wine64"; exit 77; }
command -v $cxx > /dev/null || { echo "skipped: there is no $cxx"; exit 77; }
work=${2:-}
[ -n "$work" ] || { work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; }
mkdir -p "$work/include"
work=$(realpath "$work")
export WINEPREFIX=$work/wine WINEDEBUG=-all LC_ALL=C.UTF-8  # Wine takes the names of files to be in the locale's encoding
run() { timeout 3600 "$wine" "$@" < /dev/null; }
cd "$source"

# doctest is the same on all systems; the other headers beside it are not, and must stay out.
[ -d /usr/include/doctest ] || { echo "skipped: there is no doctest"; exit 77; }
ln -sfn /usr/include/doctest "$work/include/doctest"
# No AVX: GCC's code for it crashes on Windows, where the stack is aligned to 16 bytes (GCC bug 54412).
flags=(-std=c++20 -O1 -march=x86-64-v2 -Wall -Wextra -Wconversion -Werror -Wa,-mbig-obj -static -I include -I tests
       -isystem "$work/include" -isystem /usr/include/eigen3)
echo '#include <shoal/shoal.hpp>' | $cxx -x c++ "${flags[@]}" -fsyntax-only -
echo "shoal/shoal.hpp compiles without a warning"

$cxx "${flags[@]}" examples/cluster_file.cpp -o "$work/cluster_file.exe"
run "$work/cluster_file.exe" examples/data

parts=("${@:3}")
[ ${#parts[@]} -gt 0 ] || parts=(command core io kmeans heads metrics)
$cxx "${flags[@]}" -c tests/support/main.cpp -o "$work/main.o"
for room in "${parts[@]}"; do
  if [ "$room" = command ]; then bash tests/windows_command.sh "$source" "$work" "$wine"; continue; fi
  find "tests/$room" -name '*_test.cpp' ! -name '*eigen*' ! -name 'hdf5*' ! -name 'arrow*' ! -name 'parquet*' | sort | sed 's/.*/#include "&"/' > "$work/$room.cpp"
  $cxx "${flags[@]}" -I . -DTEST_DATA="\"tests/$room/data\"" -DEXAMPLE_DATA='"examples/data"' "$work/$room.cpp" "$work/main.o" \
    -o "$work/test_$room.exe"
  run "$work/test_$room.exe" > "$work/$room.log" || { cat "$work/$room.log"; exit 1; }
  grep 'test cases' "$work/$room.log" | sed "s/^/$room: /"
done
