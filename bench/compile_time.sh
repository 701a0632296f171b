#!/usr/bin/env bash
# compile_time.sh [FLAGS…]: seconds of processor time that what a program includes takes to compile, each the
# better of two; by g++ at -O3 -march=x86-64-v3 unless flags are given, or by $CXX. Takes two minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
flags=("$@")
[[ ${#flags[@]} -gt 0 ]] || flags=(-O3 -march=x86-64-v3)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
TIMEFORMAT='%U %S'

# compile NAME [FLAG…]: compiles the program on the standard input and prints a line of the table
compile() {
  local name=$1
  shift
  cat > "$work/program.cpp"
  for _ in 1 2; do
    { time "${CXX:-g++}" -std=c++20 "${flags[@]}" "$@" -Iinclude -c "$work/program.cpp" -o "$work/program.o"; } 2>&1
  done | awk -v name="$name" '{ spent = $1 + $2; if (NR == 1 || spent < least) least = spent }
                              END { printf "| %s | %.1f |\n", name, least }'
}

includes() { printf '#include <%s>\n' "$@"; }
ten_lines() {
  includes cstdio "$@"
  cat << 'EOF'
int main(int, char** argv) {
  const auto rows = shoal::npy::map(argv[1]);
  const auto cpu = shoal::Cpu{};
  const auto result = shoal::fit(shoal::KMeans<>{.clusters = 1000, .seed = 1}, rows, cpu);
  for (const shoal::KMeansIteration& step : result.history) std::printf("%g\n", step.objective);
  std::printf("%zu rows, %td clusters, objective %g\n", result.labels.size(),
              result.centroids.rows(), result.objective);
}
EOF
}

echo '| what is compiled | seconds |'
echo '|---|---|'
includes algorithm functional map memory span string thread unordered_map variant vector |
  compile 'ten headers of the standard library'
includes shoal/shoal.hpp | compile '`#include <shoal/shoal.hpp>` alone'
includes shoal/kmeans/kmeans.hpp | compile '`#include <shoal/kmeans/kmeans.hpp>` alone'
ten_lines shoal/io/npy.hpp shoal/kmeans/kmeans.hpp |
  compile 'a ten-line k-means program, by the headers of k-means and .npy'
ten_lines shoal/io/npy.hpp shoal/kmeans/kmeans.hpp | compile 'the same by `shoal::compiled`' -DSHOAL_COMPILED
ten_lines shoal/shoal.hpp | compile 'the same by `shoal::compiled` and shoal/shoal.hpp' -DSHOAL_COMPILED
