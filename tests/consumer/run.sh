#!/usr/bin/env bash
# run.sh HOW SOURCE BUILD CXX: builds and runs the consumer with shoal as HOW: package or compiled (installed from the
# build folder BUILD), subdirectory or copy.
set -euo pipefail
how=$1 source=$2 build=$3 cxx=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ $how != package && $how != compiled ]] || cmake --install "$build" --prefix "$work/prefix" >/dev/null
cmake -S "$source/tests/consumer" -B "$work/build" -DCMAKE_CXX_COMPILER="$cxx" -DSHOAL_BY="$how" \
  -DSHOAL_SOURCE="$source" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF >/dev/null
cmake --build "$work/build"
"$work/build/consumer"
if [[ -x $work/build/consumer_mpi ]]; then bash "$source/tests/mpi/run.sh" 2 "$work/build/consumer_mpi"; fi
