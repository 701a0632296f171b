#!/usr/bin/env bash
# twins.sh PROJECT_DIR: each header of a room, include/shoal/X.hpp, has its test, tests/X_test.cpp.
set -euo pipefail
cd "$1"
missing=0
while read -r header; do
  twin=tests/${header#include/shoal/}
  twin=${twin%.hpp}_test.cpp
  [[ -f $twin ]] || { echo "$header has no test $twin"; missing=1; }
done < <(find include/shoal -mindepth 2 -name '*.hpp' | sort)
exit $missing
