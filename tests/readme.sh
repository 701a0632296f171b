#!/usr/bin/env bash
# readme.sh README COMPILER INCLUDE_DIR SYSTEM_INCLUDE…: each C++ block of the README compiles as it is printed.
set -euo pipefail
readme=$1 compiler=$2
shift 2
flags=(-std=c++20 -fsyntax-only -Wall -Wextra -Wno-unused-variable -Werror -x c++ -I "$1")
shift
for directory in "$@"; do flags+=(-isystem "$directory"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v out="$work/snippet" '/^```cpp$/ { file = out (++n) ".cpp"; next } /^```$/ { file = "" } file { print > file }' "$readme"
compgen -G "$work/snippet*.cpp" >/dev/null || { echo "$readme has no C++ block"; exit 1; }
for snippet in "$work"/snippet*.cpp; do
  grep -q 'int main' "$snippet" || { echo "this block of $readme is no program:"; cat "$snippet"; exit 1; }
  "$compiler" "${flags[@]}" "$snippet" || { cat "$snippet"; exit 1; }
done
