#!/usr/bin/env bash
# windows_command.sh SOURCE FOLDER WINE: called by windows.sh. Builds the command for Windows in FOLDER, and runs it: it clusters,
# predicts, scores, exports and draws reports; paths are UTF-8, texts may have CRLF ends of lines, and files are replaced while
# others have them open. Where SHOAL names a command that was built here for the same instruction sets (-march=x86-64-v2), the
# files of both are the same, byte for byte.
set -euo pipefail
source=$1 work=$2 wine=$3

# The two packages of headers that the command needs are the same on all systems.
mkdir -p "$work/packages/include" "$work/packages/share/cmake"
cp -r /usr/include/CLI /usr/include/nlohmann "$work/packages/include" 2> /dev/null &&
  cp -r /usr/share/cmake/CLI11 /usr/share/cmake/nlohmann_json "$work/packages/share/cmake" 2> /dev/null ||
  { echo "skipped: there is no CLI11 or no nlohmann-json"; exit 0; }
cat > "$work/mingw.cmake" << END
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_CROSSCOMPILING_EMULATOR $wine)
set(CMAKE_FIND_ROOT_PATH $work/packages /usr/x86_64-w64-mingw32)
foreach(kind IN ITEMS INCLUDE LIBRARY PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_\${kind} ONLY)
endforeach()
END
cmake -S "$source" -B "$work/build" -DCMAKE_TOOLCHAIN_FILE="$work/mingw.cmake" -DCMAKE_DISABLE_FIND_PACKAGE_MPI=ON \
  -DSHOAL_TESTS=OFF -DSHOAL_EXAMPLES=OFF -DSHOAL_COMPILED=OFF -DSHOAL_INSTALL=OFF -DCMAKE_COMPILE_WARNING_AS_ERROR=ON \
  -DCMAKE_CXX_FLAGS="${WINDOWS_FLAGS:--O1} -march=x86-64-v2 -Wa,-mbig-obj -static -Wall -Wextra -Wconversion -Werror" > "$work/cmake.log" || { cat "$work/cmake.log"; exit 1; }
cmake --build "$work/build" -j "$(nproc)" > "$work/build.log" 2>&1 || { grep -m 20 -B2 -A8 'error:' "$work/build.log"; exit 1; }

failed() { echo "windows_command.sh: $1"; exit 1; }
shoal() { timeout 3600 "$wine" "$work/build/shoal.exe" "$@" < /dev/null | tr -d '\r'; }
runs="$work/runs"
rm -rf "$runs"
mkdir "$runs"
cd "$runs"
data=$source/examples/data
shoal --version

# What a run leaves, into a folder and from files whose names are not ASCII.
mkdir 'Größe 目'
cp "$data/features.npy" 'Größe 目/Merkmale é.npy'
sed 's/$/\r/' "$data/samples.tsv" > 'Größe 目/Wörter.tsv'
shoal cluster 'Größe 目/Merkmale é.npy' --clusters 24 --samples 'Größe 目/Wörter.tsv' --out 'Größe 目/Lauf'
for file in run.json labels.npy top5.npy confidence.npy model.shoal report.html clusters.tsv exemplars.tsv; do
  [ -s "Größe 目/Lauf/$file" ] || failed "cluster wrote no $file"
done
grep -q 'Größe 目' 'Größe 目/Lauf/run.json' || failed "run.json does not name the features"
if grep -q $'\r' 'Größe 目/Lauf/'{run.json,clusters.tsv,exemplars.tsv,report.html}; then failed "CR in what was written"; fi
shoal cluster "$data/features.npy" --clusters 24 --samples "$data/samples.tsv" --out ascii
for file in labels.npy top5.npy confidence.npy model.shoal clusters.tsv exemplars.tsv; do
  cmp ascii/$file "Größe 目/Lauf/$file"  # neither names nor ends of lines change anything
done

# Files are replaced while another process has them open: here the command itself, which maps what it replaces.
cp "$data/features.npy" again.npy
shoal cluster again.npy --clusters 24 --out ascii > /dev/null  # over an earlier run
cmp ascii/labels.npy "Größe 目/Lauf/labels.npy"
shoal predict ascii/model.shoal "$data/features.npy" --out predicted
cmp ascii/labels.npy predicted/labels.npy
shoal evaluate ascii/labels.npy "$data/labels.npy"
shoal export ascii/model.shoal --out centroids.npy
shoal neighbors "$data/features.npy" --count 5 --out neighbors.npy
shoal report ascii "$data/features.npy" --truth "$data/labels.npy" --samples "$data/samples.tsv" > /dev/null
shoal cluster "$data/features.npy" --method temi --small-data --epochs 2 --heads 2 --clusters 24 --out heads > /dev/null
shoal cluster "$data/features.npy" --method auto --clusters 24 --out graph > /dev/null

# Errors are as elsewhere.
status=0
shoal cluster 'Größe 目/nichts.npy' --clusters 24 --out x 2> errors > /dev/null || status=$?
[ $status -eq 1 ] && grep -q 'Größe 目/nichts.npy' errors || failed "a missing file: status $status, $(cat errors)"

if [ -n "${SHOAL:-}" ]; then
  "$SHOAL" cluster "$data/features.npy" --clusters 24 --samples "$data/samples.tsv" --out here
  "$SHOAL" cluster "$data/features.npy" --method auto --clusters 24 --out here.graph
  for file in labels.npy top5.npy confidence.npy model.shoal clusters.tsv exemplars.tsv; do
    cmp here/$file "Größe 目/Lauf/$file"
  done
  cmp here.graph/labels.npy graph/labels.npy
  echo "command: its files are those of Linux"
fi
echo "command: all of it passed"
