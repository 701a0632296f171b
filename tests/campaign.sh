#!/usr/bin/env bash
# campaign.sh [STAGE...]: the long campaign of faults, hours where tests/run.sh takes minutes; docs/reliability.md keeps
# its table. Stages (all, where none is named):
#   fuzz     a fuzzer for each reader: RUNS inputs each (10,000,000) by a build without the sanitizer of addresses, of
#            which undefined behaviour and assertions of the standard library are the end; then what this gathered
#            and others, THOROUGH in all (200,000), under ASan and UBSan
#   faults   the k-th system call or allocation fails, for FAULTS values of k a kind (50; 0: all); kills; full disks
#   memory   the tests of ROOMS under ASan and UBSan, with the assertions of the standard library, divisions of
#            floating-point numbers by zero and casts that overflow
#   programs the command, by all of tests/command that takes no longer than SLOW seconds (1800), the study, the examples
#            and the tests of several ranks, under the same
#   threads  the tests of THREAD_ROOMS under TSan, and those of 1, 2, 3 and 5 ranks
# Each builds in build/campaign, JOBS compilations at once (as many as there are processors), by the compiler CXX.
# Prints a table; fails where anything was found, and goes on with the rest.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
runs=${RUNS:-10000000} thorough=${THOROUGH:-200000} faults=${FAULTS:-50}
export ASAN_OPTIONS=allocator_may_return_null=1  # tests ask for memory that isn't there, and expect an error
export TSAN_OPTIONS="allocator_may_return_null=1 die_after_fork=0"  # and others fork
all_rooms=$(cd tests && for room in */; do [ "$room" != mpi/ ] && ls "$room"*_test.cpp > /dev/null 2>&1 && echo "${room%/}"; done | tr '\n' ' ')
rooms=${ROOMS:-$all_rooms}
thread_rooms=${THREAD_ROOMS:-core io backend kmeans neighbors heads graph metrics probe model}
stages=${*:-fuzz faults memory programs threads}
out=build/campaign slow=${SLOW:-1800}
warnings="-O1 -g1 -march=native -Wall -Wextra -Wconversion"
sanitized="$warnings -D_GLIBCXX_ASSERTIONS -fno-sanitize-recover=all \
  -fsanitize=address,undefined,float-divide-by-zero,float-cast-overflow"
threaded="-O1 -g1 -march=native -fsanitize=thread"
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
    cmake --build "$out/$name" --parallel "${JOBS:-$(nproc)}" --target "$@" >> "$out/log/$name.build" 2>&1
}

# suite STAGE FLAGS ROOM...: the tests of the rooms, built with the flags.
suite() {
  local stage=$1 flags=$2 room start result log without=()
  shift 2
  # TSan can't follow threads that are started after a fork ("dup thread with used id").
  [ "$stage" != threads ] || without=(-tce="a forked child*,killed at twenty*")
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

# program NAME COMMAND...: a program of the stage that was built with sanitizers, or a script that runs it.
program() {
  local name=$1 start=$SECONDS result=passed
  shift
  timeout "$slow" "$@" > "$out/log/$stage-$name" 2>&1 || { [ $? = 124 ] && result=slow || result=FAILED failed=1; }
  row "$stage" "$name" "$result" "" $((SECONDS - start))
}

# programs: what isn't a room.
programs() {
  local examples name data=examples/data bin=$out/memory
  examples=$(cd examples && for name in *.cpp mpi/*.cpp; do basename "$name" .cpp; done)
  # shellcheck disable=SC2086,SC2046
  build memory "$sanitized" shoal_command protocol test_mpi $(printf 'example_%s ' $examples) ||
    { failed=1 && row programs all build "" 0 && return; }
  for name in tests/command/*.sh; do
    [[ $name == */lib.sh || $name == */ranks.sh ]] || program "$(basename "$name" .sh)" bash "$name" "$PWD/$bin/shoal" "$PWD/$data"
  done
  program benchmark bash tests/dataset/command.sh "$PWD/$bin/shoal" "$PWD/$data"
  program study bash tests/protocol/study.sh "$PWD/$bin/protocol" "$PWD/$data" "$PWD/docs"
  program inputs bash tests/protocol/inputs.sh "$PWD/$bin/protocol" "$PWD/$data"
  for name in $examples; do
    [ -f "examples/mpi/$name.cpp" ] || program "$name" "$bin/examples/example_$name" $data
  done
  export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0  # an MPI frees not all that it takes
  program ranks bash tests/command/ranks.sh "$PWD/$bin/shoal" "$PWD/$data"
  for name in over_ranks two_groups; do program "$name" bash tests/mpi/run.sh 4 "$bin/examples/example_$name" $data; done
  over_ranks memory
}

# over_ranks BUILD: the tests of several ranks.
over_ranks() {
  local ranks
  for ranks in 1 2 3 5; do program "mpi_$ranks" bash tests/mpi/run.sh "$ranks" "$PWD/$out/$1/tests/test_mpi"; done
}

printf 'machine: %s, %s processors; %s; %s; %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
  "$(c++ --version | head -n 1)" "$(git describe --always --dirty 2> /dev/null || echo 'no commit')" "$(date -u +%F)"
row stage what result figures seconds
row -------- ------------ ------ -------------------------------------------- -------
for stage in $stages; do
  start=$SECONDS
  case $stage in
    fuzz)
      build plain "$warnings" fuzzers quick_fuzzers || failed=1
      fuzzers=$out/plain/tests/fuzz
      bash tests/fuzz/run.sh $fuzzers/quick examples/data "$runs" 0 $out/corpus > $out/log/fuzz-quick || failed=1
      bash tests/fuzz/run.sh $fuzzers examples/data "$thorough" 0 $out/corpus > $out/log/fuzz-thorough || failed=1
      for kind in quick thorough; do
        while read -r reader inputs seconds features result; do
          [[ $reader == reader ]] || row fuzz "$reader" "$result" "$inputs inputs, $kind, $features features" "$seconds"
        done < <(grep -E ' (passed|FAILED|result)$' "$out/log/fuzz-$kind")
      done
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
      suite memory "$sanitized" $rooms
      ;;
    programs) programs ;;
    threads)
      # shellcheck disable=SC2086
      suite threads "$threaded" $thread_rooms
      export TSAN_OPTIONS="$TSAN_OPTIONS ignore_noninstrumented_modules=1"  # an MPI's own library
      if build threads "$threaded" test_mpi; then over_ranks threads; else failed=1 && row threads ranks build "" 0; fi
      ;;
    *) echo "campaign.sh: no stage is called $stage: fuzz, faults, memory, programs, threads" && exit 2 ;;
  esac
done
[ $failed = 0 ] || echo "logs: $out/log"
exit $failed
