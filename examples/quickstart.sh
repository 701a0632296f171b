#!/usr/bin/env bash
# From a fresh machine to clustered real data: installs what is missing, builds the command, clusters examples/data by
# several methods, scores them, and draws a report of each. Minutes on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
bash examples/install.sh
cmake --preset release -DSHOAL_TESTS=OFF >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target shoal_command

shoal=build/release/shoal data=examples/data out=${1:-out/quickstart}
about=(--truth $data/labels.npy --samples $data/samples.tsv --class-names $data/classes.tsv)  # for the report alone
mkdir -p "$out"
$shoal neighbors $data/features.npy --count 50 --out "$out/neighbors.npy"

# cluster NAME OPTIONS…: one method on the same features, for the same number of clusters.
cluster() {
  local name=$1
  shift
  $shoal cluster $data/features.npy --clusters 24 --out "$out/$name" "${about[@]}" "$@"
}
heads=(--heads 2 --small-data)  # the defaults are for millions of rows
cluster auto --method auto
cluster auto-views --method auto --view $data/view_lemma.npy --view $data/view_gloss.npy
cluster kmeans --method kmeans
cluster temi --method temi --neighbors "$out/neighbors.npy" "${heads[@]}"
cluster scan --method scan --neighbors "$out/neighbors.npy" "${heads[@]}"
cluster scp --method scp --view $data/view_gloss.npy --heads 4

# field FILE KEY: a number at the top of a JSON file.
field() { sed -n "s/^ *\"$2\": \([-0-9.e]*\),*$/\1/p" "$1"; }
printf '\n%-10s %6s %6s %6s %6s %8s\n' method ACC NMI AMI ARI seconds
for name in auto auto-views kmeans temi scan scp; do
  $shoal evaluate "$out/$name/labels.npy" $data/labels.npy --json > "$out/$name/scores.json"
  scores=()
  for key in acc nmi ami ari; do scores+=("$(field "$out/$name/scores.json" $key)"); done
  LC_ALL=C printf '%-10s %6.3f %6.3f %6.3f %6.3f %8.1f\n' $name "${scores[@]}" "$(field "$out/$name/run.json" fit_seconds)"
done
printf '\nReports:'
printf ' %s' "$out"/*/report.html
echo
