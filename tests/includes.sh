#!/usr/bin/env bash
# includes.sh INCLUDE_DIR: rooms build on those before them only. No header includes one of a later room; only
# simd/ and linalg/ name instruction sets; only mpi/ includes MPI, and only the files that know an operating system what
# belongs to one.
set -euo pipefail
cd "$1/shoal"
rooms="core simd linalg io backend mpi objective balancing kmeans neighbors sampling graph heads turtle metrics hierarchy dataset probe model laws"
failed=0

upwards=$(find . -mindepth 2 \( -name '*.hpp' -o -name '*.cuh' \) | sort | xargs awk -v rooms="$rooms" '
  BEGIN { count = split(rooms, names, " "); for (i = 1; i <= count; ++i) place[names[i]] = i }
  FNR == 1 { split(FILENAME, path, "/"); own = path[2]
             if (!(own in place)) print FILENAME ": the room " own " has no place in the order" }
  match($0, /^[ \t]*#[ \t]*include[ \t]*[<"]shoal\/[^>"]*/) {
    included = substr($0, RSTART, RLENGTH); sub(/^.*[<"]shoal\//, "", included)
    if (split(included, target, "/") < 2) { if (included !~ /^(version\.hpp|needs_)/) print FILENAME " includes " included ", a door for users" }
    else if (!(target[1] in place)) print FILENAME " includes " included ", whose room has no place in the order"
    else if (place[target[1]] > place[own]) print FILENAME " includes " included ", of a later room" }
  /^[ \t]*#[ \t]*include[ \t]*"/ { print FILENAME " includes by quotes: " $0 }')
if [[ -n $upwards ]]; then echo "$upwards"; failed=1; fi

forbidden() {  # PATTERN WHAT PLACE…: the pattern stands in these rooms or files only
  local pattern=$1 what=$2 found; shift 2
  found=$(grep -rnE "$pattern" . | grep -vE "^\./($(IFS='|'; echo "$*"))[/:]" || true)
  if [[ -n $found ]]; then echo "$what outside of $*:"; echo "$found"; failed=1; fi
}
forbidden '#[[:space:]]*include[[:space:]]*<mpi' 'MPI' mpi
forbidden '__AVX|__SSE|__ARM|immintrin|_mm(256|512)?_' 'instruction sets' simd linalg
forbidden '#[[:space:]]*include[[:space:]]*<(sys/|unistd|fcntl|pthread|windows|io\.h|signal\.h|sched|dirent|process\.h)' \
  'operating-system headers' core/machine.hpp io/system_posix.hpp io/system_windows.hpp io/windows_handle.hpp
exit $failed
