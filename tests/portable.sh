#!/usr/bin/env bash
# Builds the preset portable, sees that its launcher picks the best level of this processor and that an installed copy
# runs, and compares what the levels give: the labels of k-means must be the same. Takes four times as long as the command
# alone, so it isn't among the tests that run by themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
failed() { echo "portable.sh: $*" >&2; exit 1; }
cmake --preset portable >/dev/null
cmake --build --preset portable
cmake --install build/portable --prefix "$folder/moved" >/dev/null
shoal=$folder/moved/bin/shoal
"$shoal" --version
[ -s "$folder/moved/share/man/man1/shoal.1" ] || failed "no manual page is installed"
"$shoal" cluster examples/data/features.npy --clusters 24 --no-report --out "$folder/best" >/dev/null
for level in "$folder"/moved/libexec/shoal/shoal-*; do
  name=${level##*/shoal-}
  "$level" --version >"$folder/version" || { echo "$name: skipped, this processor doesn't run it"; continue; }
  "$level" cluster examples/data/features.npy --clusters 24 --no-report --out "$folder/$name" >/dev/null
  cmp "$folder/best/labels.npy" "$folder/$name/labels.npy" || failed "$name gives other labels"
  echo "$name: $(sed -n 2p "$folder/version"): the same labels"
done
