#!/usr/bin/env bash
# windows.sh SOURCE [FOLDER]: the library cross-compiled for Windows by MinGW-w64 and run under Wine: all headers compile,
# and the tests of core, io, k-means, heads and metrics pass, and the command clusters the quickstart's data. What is built
# stays in FOLDER, where one is named. Exits with 77, skipped, where the compiler or Wine is missing
# (Debian: g++-mingw-w64-x86-64-posix, wine64).
set -euo pipefail
source=$(realpath "$1")
cxx=x86_64-w64-mingw32-g++-posix
wine=$(command -v wine64 || ls /usr/lib/wine/wine64 2> /dev/null) || { echo "skipped: there is no wine64"; exit 77; }
command -v $cxx > /dev/null || { echo "skipped: there is no $cxx"; exit 77; }
work=${2:-}
[ -n "$work" ] || { work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; }
mkdir -p "$work/include"
work=$(realpath "$work")
export WINEPREFIX=$work/wine WINEDEBUG=-all
cd "$source"

# Headers that are the same on all systems, of the compiler of this one; its own folder of headers must stay out.
for library in doctest CLI nlohmann; do
  [ ! -d "/usr/include/$library" ] || ln -sfn "/usr/include/$library" "$work/include/$library"
done
# No AVX: GCC's code for it crashes on Windows, where the stack is aligned to 16 bytes (GCC bug 54412).
flags=(-std=c++20 -O1 -march=x86-64-v2 -Wall -Wextra -Wconversion -Wa,-mbig-obj -static -I include -I tests -isystem "$work/include"
       -DEXAMPLE_DATA='"examples/data"')
echo '#include <shoal/shoal.hpp>' | $cxx -x c++ "${flags[@]}" -Werror -fsyntax-only -
echo "shoal/shoal.hpp compiles without a warning"

[ -f "$work/main.o" ] || $cxx "${flags[@]}" -c tests/support/main.cpp -o "$work/main.o"
for room in core io kmeans heads metrics; do
  find "tests/$room" -name '*_test.cpp' ! -name '*eigen*' ! -name 'hdf5*' | sort | sed 's/.*/#include "&"/' > "$work/$room.cpp"
  $cxx "${flags[@]}" -I . -DTEST_DATA="\"tests/$room/data\"" "$work/$room.cpp" "$work/main.o" -o "$work/test_$room.exe"
  "$wine" "$work/test_$room.exe" | tail -n 4 | sed "s/^/$room: /"
done
