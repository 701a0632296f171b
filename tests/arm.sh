#!/usr/bin/env bash
# Compiles tests of vectors and products for 64-bit ARM, without and with the instructions that multiply bytes, and runs them
# under qemu. Says "skipped" where Debian's g++-aarch64-linux-gnu or qemu-user is not installed.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in aarch64-linux-gnu-g++ qemu-aarch64; do
  command -v "$tool" >/dev/null || { echo "arm.sh: skipped, no $tool"; exit 0; }
done
doctest=$(echo '#include <doctest/doctest.h>' | g++ -E -x c++ - | sed -n 's|^# [0-9]* "\(.*\)/doctest/doctest.h".*|\1|p' | head -1)
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
mkdir "$folder/include" && ln -s "$doctest/doctest" "$folder/include/doctest"
{
  echo '#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN'
  for test in simd/byte_products simd/bytes linalg/byte_tile linalg/codes linalg/row_codes linalg/tile; do
    echo "#include \"${test}_test.cpp\""
  done
} >"$folder/tests.cpp"
for target in armv8-a armv8.2-a+dotprod; do
  aarch64-linux-gnu-g++ -std=c++20 -O1 -march=$target -Iinclude -Itests -Itests/linalg -isystem "$folder/include" \
    "$folder/tests.cpp" -o "$folder/tests" -static -pthread
  echo "$target:"
  qemu-aarch64 -cpu max "$folder/tests"
done
