#!/usr/bin/env bash
# refusals.sh COMPILER INCLUDE_DIR: what shoal can't be compiled with is refused in one line that says so, and what it
# can do without isn't.
set -euo pipefail
compiler=$1 include=$2

# compile HEADER FLAG…: what the compiler says of a program of that header.
compile() {
  local header=$1
  shift
  echo "#include <$header>" | "$compiler" "$@" -fsyntax-only -Wall -Wextra -I "$include" -x c++ - 2>&1
}
# refused TEXT HEADER FLAG…: TEXT is the first error, and no screens of others follow.
refused() {
  local text=$1 said
  shift
  if said=$(compile "$@"); then echo "$* compiles"; exit 1; fi
  [[ $(grep -m1 'error' <<< "$said") == *"$text"* ]] || { echo "$*: expected \"$text\", got"; head -5 <<< "$said"; exit 1; }
  (($(grep -c 'error:' <<< "$said") <= 2)) || { echo "$*: too many errors"; exit 1; }
}
refused 'shoal needs C++20' shoal/shoal.hpp -std=c++17
refused 'shoal needs C++20' shoal/metrics/evaluate.hpp -std=c++17
refused 'without -fno-exceptions' shoal/shoal.hpp -std=c++20 -fno-exceptions
echo '#include <Eigen/Core>' | "$compiler" -fsyntax-only -x c++ - 2> /dev/null ||
  refused 'shoal/eigen.hpp needs Eigen' shoal/eigen.hpp -std=c++20
compile shoal/shoal.hpp -std=c++20 -fno-rtti || { echo "-fno-rtti is refused"; exit 1; }
