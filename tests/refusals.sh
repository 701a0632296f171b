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
refused 'shoal needs C++20' shoal/io/csv_rows.hpp -std=c++17
refused 'shoal needs C++20' shoal/io/file_lock.hpp -std=c++17
refused 'without -fno-exceptions' shoal/shoal.hpp -std=c++20 -fno-exceptions
echo '#include <Eigen/Core>' | "$compiler" -fsyntax-only -x c++ - 2> /dev/null ||
  refused 'shoal/eigen.hpp needs Eigen' shoal/eigen.hpp -std=c++20

# said TEXT CODE: the compiler says TEXT of a program whose parts are not as shoal takes them.
said() {
  local text=$1 said
  if said=$(echo "$2" | "$compiler" -std=c++20 -fsyntax-only -I "$include" -x c++ - 2>&1); then echo "$2 compiles"; exit 1; fi
  [[ $said == *"$text"* ]] || { echo "$2: expected \"$text\", got"; head -8 <<< "$said"; exit 1; }
}
said 'IsCosineOrEuclideanOnly' '#include <shoal/kmeans/settings.hpp>
struct Manhattan { double operator()(const float*, const float*) const; };
shoal::KMeans<Manhattan> settings;'
rows='Index rows() const;' cols='Index cols() const;' read='void read(Index first, MatrixView<float> out) const;'
gather='void gather(std::span<const Index> ids, MatrixView<float> out) const;'
will_need='void will_need(Index first, Index count) const;'
for missing in rows cols read gather will_need; do
  functions=
  for function in rows cols read gather will_need; do [ $function = $missing ] || functions+=${!function}; done
  function=${!missing}
  said "a RowSource needs: ${function%;}" "#include <shoal/io/row_source.hpp>
using namespace shoal;
struct Source { $functions };
void take(AnyRows);
void give(const Source& source) { take(source); }"
done
compile shoal/shoal.hpp -std=c++20 -fno-rtti || { echo "-fno-rtti is refused"; exit 1; }
