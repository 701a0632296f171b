#!/usr/bin/env bash
# headers.sh alone|together COMPILER INCLUDE_DIR SYSTEM_INCLUDE…: the public headers compile without a warning, each
# alone or all together (which takes seconds), and shoal.hpp holds all that needs nothing but the compiler.
set -euo pipefail
how=$1 compiler=$2 include=$3
shift 3
flags=(-std=c++20 -Wall -Wextra -Wconversion -Wshadow -Werror -I "$include")
for directory in "$@"; do flags+=(-isystem "$directory"); done
cd "$include"
parses() { "$compiler" -fsyntax-only -x c++ "${flags[@]}" -; }  # what it is given

optional=(! -name product_onednn.hpp)  # oneDNN, MPI, HDF5 and Arrow are not everywhere
mpi=shoal/mpi.hpp
if ! echo '#include <mpi.h>' | parses 2>/dev/null; then
  optional+=(! -path 'shoal/mpi*')
  mpi=
fi
hdf5=shoal/hdf5.hpp
if ! echo '#include <hdf5.h>' | parses 2>/dev/null; then
  optional+=(! -name 'hdf5*.hpp')
  hdf5=
fi
arrow=shoal/arrow.hpp
if ! echo '#include <parquet/arrow/reader.h>' | parses 2>/dev/null; then
  optional+=(! -name 'arrow*.hpp' ! -name 'parquet*.hpp')
  arrow=
fi
mapfile -t headers < <(find shoal -name '*.hpp' "${optional[@]}" | sort)

# Each header compiles by its own includes alone. To spare half of the time, headers that many include are precompiled, and the
# first of these that a header includes anyway, directly or not, is read before it: this brings nothing that it would not have.
# with_hub prints each header and that one. The order is by how much they include. clang++ instantiates what a hub uses once, and
# not again with each header.
hubs=(kmeans/kmeans kmeans/assigner neighbors/search_part backend/shard io/checked_rows backend/cpu backend/backend hierarchy/tree
  io/row_source core/workers core/matrix core/parallel core/check core/config)
with_hub() {
  awk -v hubs="${hubs[*]}" '
    FNR == 1 { headers[FILENAME] }
    /^#include <shoal\/.*\.hpp>/ { gsub(/[<>]/, "", $2); includes[FILENAME] = includes[FILENAME] " " $2 }
    function visit(header, from,  names, n, i) {
      n = split(includes[from], names)
      for (i = 1; i <= n; ++i) if (!((header, names[i]) in seen)) { seen[header, names[i]]; visit(header, names[i]) }
    }
    END {
      n = split(hubs, hub)
      for (header in headers) {
        visit(header, header)
        for (i = 1; i <= n && !((header, "shoal/" hub[i] ".hpp") in seen); ++i);
        print header, i <= n ? hub[i] : "none"
      }
    }' "$@"
}

if [[ $how == alone ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  printf '"%s"\n' "${flags[@]}" > "$work/flags"
  once=()
  if "$compiler" --version | grep -q clang; then once=(-fpch-instantiate-templates); fi
  for hub in "${hubs[@]}"; do mkdir -p "$work/${hub%/*}"; echo "#include <shoal/$hub.hpp>" > "$work/$hub.hpp"; done
  : > "$work/none.hpp"
  printf '%s\n' none "${hubs[@]}" | xargs -P "$(nproc)" -I{} \
    "$compiler" "${flags[@]}" "${once[@]}" -x c++-header "$work/{}.hpp" -o "$work/{}.hpp.gch"
  with_hub "${headers[@]}" | sort -k 2 | xargs -P "$(nproc)" -n 2 bash -c \
    'echo "#include <$3>" | "$1" -fsyntax-only "@$2/flags" -include "$2/$4.hpp" -x c++ - || { echo "$3 does not compile alone"; exit 1; }' \
    check "$compiler" "$work"
else
  for header in shoal/shoal.hpp shoal/eigen.hpp $mpi $hdf5 $arrow; do echo "#include <$header>" | parses; done
fi

# Doors of their own: the laws, Eigen's, MPI's, HDF5's, Arrow's, what shoal::compiled's programs alone include, and Windows' files.
doors=" shoal/eigen.hpp shoal/backend/eigen_cpu.hpp shoal/io/eigen_rows.hpp shoal/linalg/product_eigen.hpp \
shoal/simd/instruction_sets.hpp shoal/mpi.hpp shoal/mpi/communicator.hpp shoal/hdf5.hpp shoal/io/hdf5_numbers.hpp shoal/io/hdf5_rows.hpp \
shoal/arrow.hpp shoal/io/arrow_blocks.hpp shoal/io/arrow_column.hpp shoal/io/arrow_input.hpp shoal/io/arrow_numbers.hpp shoal/io/arrow_rows.hpp shoal/io/arrow_status.hpp \
shoal/io/parquet_blocks.hpp \
shoal/io/system_windows.hpp shoal/io/windows_handle.hpp "
missing=0
included=" $("$compiler" "${flags[@]}" -MM shoal/shoal.hpp | tr -d '\\\n') "
for header in "${headers[@]}"; do
  [[ $header == shoal/laws/* || $doors == *" $header "* || $included == *"$header "* ]] || { echo "shoal.hpp does not include $header"; missing=1; }
done
exit $missing
