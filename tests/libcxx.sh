#!/usr/bin/env bash
# libcxx.sh INCLUDE_DIR: all headers that need nothing but a compiler, compiled by clang++ with LLVM's libc++, the standard
# library of macOS; and k-means, compiled with it and run. Exits with 77, skipped, where there is no libc++.
set -euo pipefail
include=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++20 -stdlib=libc++ -Wall -Wextra -Wconversion -Werror -I "$include")
echo '#include <vector>' | clang++ -x c++ "${flags[@]}" -fsyntax-only - 2> /dev/null || { echo "skipped: there is no libc++"; exit 77; }
echo '#include <shoal/shoal.hpp>' | clang++ -x c++ "${flags[@]}" -fsyntax-only -
cp "$(dirname "$0")/../packaging/conan/test_package/test_package.cpp" "$work/"
clang++ "${flags[@]}" -O1 "$work/test_package.cpp" -o "$work/run" -pthread
"$work/run"
