#!/usr/bin/env bash
# libcxx.sh INCLUDE_DIR: all headers that need nothing but a compiler, compiled by clang++ with LLVM's libc++, the standard
# library of macOS. Exits with 77, skipped, where there is no libc++ of LLVM 15 or later (Debian: libc++-16-dev).
set -euo pipefail
include=$1
library=(-stdlib=libc++)
flags=(-std=c++20 -Wall -Wextra -Wconversion -Werror -I "$include")
for newer in 19 18 17 16 15; do  # clang++'s own may be older
  [ ! -d /usr/lib/llvm-$newer/include/c++/v1 ] || { library=(-stdlib++-isystem /usr/lib/llvm-$newer/include/c++/v1); break; }
done
flags+=("${library[@]}")
echo '#include <algorithm>
int main() { int x[2] = {2, 1}; std::ranges::sort(x); }' | clang++ -x c++ "${flags[@]}" -fsyntax-only - 2> /dev/null ||
  { echo "skipped: there is no libc++ of LLVM 15 or later"; exit 77; }
{ echo '#include <shoal/shoal.hpp>'
  cd "$include" && printf '#include <%s>\n' shoal/laws/*.hpp; } | clang++ -x c++ "${flags[@]}" -fsyntax-only -
