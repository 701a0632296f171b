#!/usr/bin/env bash
# run.sh HOW SOURCE BUILD CXX: builds and runs the consumer with shoal as HOW: package or compiled (installed from the
# build folder BUILD), subdirectory, fetch (only configured) or copy.
set -euo pipefail
how=$1 source=$2 build=$3 cxx=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ $how != package && $how != compiled ]] || cmake --install "$build" --prefix "$work/prefix" >/dev/null
if [[ $how == fetch ]]; then  # as CMake fetches a release's archive
  (cd "$source" && tar -czf "$work/shoal.tar.gz" CMakeLists.txt cmake docs examples include src LICENSE)
fi
cmake -S "$source/tests/consumer" -B "$work/build" -DCMAKE_CXX_COMPILER="$cxx" -DSHOAL_BY="$how" \
  -DSHOAL_SOURCE="$source" -DSHOAL_ARCHIVE="$work/shoal.tar.gz" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF >/dev/null
[[ $how != fetch ]] || exit 0  # what is built is that of subdirectory
cmake --build "$work/build"
"$work/build/consumer"
if [[ -x $work/build/consumer_mpi ]]; then bash "$source/tests/mpi/run.sh" 2 "$work/build/consumer_mpi"; fi
