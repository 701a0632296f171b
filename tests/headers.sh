#!/usr/bin/env bash
# headers.sh COMPILER INCLUDE_DIR SYSTEM_INCLUDE…: each public header compiles alone without a warning, and
# shoal.hpp holds them all.
set -euo pipefail
compiler=$1 include=$2
shift 2
flags=(-std=c++20 -fsyntax-only -Wall -Wextra -Wconversion -Werror -I "$include")
for directory in "$@"; do flags+=(-isystem "$directory"); done
cd "$include"

mapfile -t headers < <(find shoal -name '*.hpp' ! -name product_onednn.hpp | sort)  # oneDNN is not everywhere
printf '%s\n' "${headers[@]}" | xargs -P "$(nproc)" -I{} bash -c \
  'echo "#include <$1>" | "$2" -x c++ "${@:3}" - || { echo "$1 does not compile alone"; exit 1; }' \
  check {} "$compiler" "${flags[@]}"

missing=0
included=" $("$compiler" "${flags[@]/-fsyntax-only/-MM}" shoal/shoal.hpp | tr -d '\\\n') "
for header in "${headers[@]}"; do
  [[ $included == *"$header "* ]] || { echo "shoal.hpp does not include $header"; missing=1; }
done
exit $missing
