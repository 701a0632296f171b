#!/usr/bin/env bash
# campaign.sh [STAGE...]: the long campaign of faults, hours where tests/run.sh takes minutes; docs/reliability.md keeps
# its table. Stages (all, where none is named):
#   fuzz     a fuzzer for each reader, RUNS inputs each (10,000,000)
#   faults   the k-th system call or allocation fails, for FAULTS values of k a kind (50; 0: all); kills; full disks
#   memory   the tests of ROOMS under ASan and UBSan, with the assertions of the standard library, divisions of
#            floating-point numbers by zero and casts that overflow
#   threads  the tests of THREAD_ROOMS under TSan
# Each builds in build/campaign. Prints a table; fails where anything was found, and goes on with the rest.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
runs=${RUNS:-10000000} faults=${FAULTS:-50}
export ASAN_OPTIONS=allocator_may_return_null=1  # tests ask for memory that isn't there, and expect an error
export TSAN_OPTIONS="allocator_may_return_null=1 die_after_fork=0"  # and others fork
all_rooms=$(cd tests && for room in */; do ls "$room"*_test.cpp > /dev/null 2>&1 && echo "${room%/}"; done | tr '\n' ' ')
rooms=${ROOMS:-$all_rooms}
thread_rooms=${THREAD_ROOMS:-core io backend kmeans neighbors heads graph metrics probe model}
stages=${*:-fuzz faults memory threads}
out=build/campaign
warnings="-O1 -g1 -march=native -Wall -Wextra -Wconversion"
failed=0
mkdir -p $out/log

# row STAGE WHAT RESULT FIGURES SECONDS
row() { printf '| %-8s | %-12s | %-6s | %-44s | %7s |\n' "$@"; }

# build NAME FLAGS TARGET...: builds targets with flags; the log stays.
build() {
  local name=$1 flags=$2
  shift 2
  cmake -S . -B "$out/$name" ${GENERATOR:+-G "$GENERATOR"} -DCMAKE_BUILD_TYPE= "-DCMAKE_CXX_FLAGS=$flags" \
    > "$out/log/$name.build" 2>&1 &&
    cmake --build "$out/$name" --parallel "$(nproc)" --target "$@" >> "$out/log/$name.build" 2>&1
}

# suite STAGE FLAGS ROOM...: the tests of the rooms, built with the flags.
suite() {
  local stage=$1 flags=$2 room start result log without=()
  shift 2
  # TSan can't follow threads that are started after a fork ("dup thread with used id").
  [ "$stage" != threads ] || without=(-tce="a forked child*")
  for room in "$@"; do
    start=$SECONDS log=$out/log/$stage-$room result=passed
    if ! build "$stage" "$flags" "test_$room"; then
      result=build failed=1
    elif ! "$out/$stage/tests/test_$room" "${without[@]}" > "$log" 2>&1; then
      result=FAILED failed=1
    fi
    row "$stage" "$room" "$result" "$(grep -E 'assertions:' "$log" 2> /dev/null | sed 's/.*assertions: *//; s/|.*//')assertions" \
      $((SECONDS - start))
  done
}

printf 'machine: %s, %s processors; %s; %s; %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
  "$(c++ --version | head -n 1)" "$(git describe --always --dirty 2> /dev/null || echo 'no commit')" "$(date -u +%F)"
row stage what result figures seconds
row -------- ------------ ------ -------------------------------------------- -------
for stage in $stages; do
  start=$SECONDS
  case $stage in
    fuzz)
      build plain "$warnings" fuzzers || failed=1
      bash tests/fuzz/run.sh $out/plain/tests/fuzz examples/data "$runs" 0 $out/corpus > $out/log/fuzz || failed=1
      while read -r reader inputs seconds features result; do
        [[ $reader == reader ]] || row fuzz "$reader" "$result" "$inputs inputs, $features features" "$seconds"
      done < <(grep -E ' (passed|FAILED|result)$' $out/log/fuzz)
      ;;
    faults)
      result=passed
      build plain "$warnings" shoal_command fault_shim || failed=1
      bash tests/faults/run.sh "$(find $out/plain -name shoal -type f -executable | head -n 1)" \
        "$(find $out/plain -name 'libfault_shim*' | head -n 1)" examples/data "$faults" > $out/log/faults 2>&1 ||
        { failed=1 result=FAILED; }
      row faults command "$result" "$(tail -n 1 $out/log/faults)" $((SECONDS - start))
      ;;
    memory)
      # shellcheck disable=SC2086
      suite memory "$warnings -D_GLIBCXX_ASSERTIONS -fno-sanitize-recover=all \
        -fsanitize=address,undefined,float-divide-by-zero,float-cast-overflow" $rooms
      ;;
    threads)
      # shellcheck disable=SC2086
      suite threads "-O1 -g1 -march=native -fsanitize=thread" $thread_rooms
      ;;
    *) echo "campaign.sh: no stage is called $stage: fuzz, faults, memory, threads" && exit 2 ;;
  esac
done
[ $failed = 0 ] || echo "logs: $out/log"
exit $failed
