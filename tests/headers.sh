#!/usr/bin/env bash
# headers.sh alone|together COMPILER INCLUDE_DIR SYSTEM_INCLUDE…: the public headers compile without a warning, each
# alone or all together (which takes seconds), and shoal.hpp holds all that needs nothing but the compiler.
set -euo pipefail
how=$1 compiler=$2 include=$3
shift 3
flags=(-std=c++20 -fsyntax-only -Wall -Wextra -Wconversion -Wshadow -Werror -I "$include")
for directory in "$@"; do flags+=(-isystem "$directory"); done
cd "$include"

optional=(! -name product_onednn.hpp)  # oneDNN, MPI, HDF5 and Arrow are not everywhere
mpi=shoal/mpi.hpp
if ! echo '#include <mpi.h>' | "$compiler" -x c++ "${flags[@]}" - 2>/dev/null; then
  optional+=(! -path 'shoal/mpi*')
  mpi=
fi
hdf5=shoal/hdf5.hpp
if ! echo '#include <hdf5.h>' | "$compiler" -x c++ "${flags[@]}" - 2>/dev/null; then
  optional+=(! -name 'hdf5*.hpp')
  hdf5=
fi
arrow=shoal/arrow.hpp
if ! echo '#include <parquet/arrow/reader.h>' | "$compiler" -x c++ "${flags[@]}" - 2>/dev/null; then
  optional+=(! -name 'arrow*.hpp' ! -name 'parquet*.hpp')
  arrow=
fi
mapfile -t headers < <(find shoal -name '*.hpp' "${optional[@]}" | sort)
if [[ $how == alone ]]; then compiled=("${headers[@]}"); else compiled=(shoal/shoal.hpp shoal/eigen.hpp $mpi $hdf5 $arrow); fi
printf '%s\n' "${compiled[@]}" | xargs -P "$(nproc)" -I{} bash -c \
  'echo "#include <$1>" | "$2" -x c++ "${@:3}" - || { echo "$1 does not compile alone"; exit 1; }' \
  check {} "$compiler" "${flags[@]}"

# Doors of their own: the laws, Eigen's, MPI's, HDF5's, Arrow's, what shoal::compiled's programs alone include, and Windows' files.
doors=" shoal/eigen.hpp shoal/backend/eigen_cpu.hpp shoal/io/eigen_rows.hpp shoal/linalg/product_eigen.hpp \
shoal/simd/instruction_sets.hpp shoal/mpi.hpp shoal/mpi/communicator.hpp shoal/hdf5.hpp shoal/io/hdf5_numbers.hpp shoal/io/hdf5_rows.hpp \
shoal/arrow.hpp shoal/io/arrow_blocks.hpp shoal/io/arrow_column.hpp shoal/io/arrow_input.hpp shoal/io/arrow_numbers.hpp shoal/io/arrow_rows.hpp shoal/io/arrow_status.hpp \
shoal/io/parquet_blocks.hpp \
shoal/io/system_windows.hpp shoal/io/windows_handle.hpp "
missing=0
included=" $("$compiler" "${flags[@]/-fsyntax-only/-MM}" shoal/shoal.hpp | tr -d '\\\n') "
for header in "${headers[@]}"; do
  [[ $header == shoal/laws/* || $doors == *" $header "* || $included == *"$header "* ]] || { echo "shoal.hpp does not include $header"; missing=1; }
done
exit $missing
