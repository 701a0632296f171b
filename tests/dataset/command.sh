#!/usr/bin/env bash
# The verbs that work with hierarchies and benchmarks, on the example data. usage: command.sh SHOAL EXAMPLE_DATA
set -euo pipefail
shoal=$1 data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=(--hierarchy "$data/hierarchy.tsv" --classes "$data/classes.tsv")

fails_with() {  # fails_with TEXT COMMAND...: the command fails, and its last line holds the text
  local text=$1 said
  shift
  if said=$("$@" 2>&1); then echo "should have failed: $*" && exit 1; fi
  [[ $said == *"$text"* ]] || { echo "said: $said, not: $text" && exit 1; }
}

"$shoal" hierarchy info "$data/hierarchy.tsv" | grep -q '^nodes  *74$'
"$shoal" hierarchy path "$data/hierarchy.tsv" n09807754 10428004 | grep -q '^lowest common ancestor 00007846 person'
"$shoal" hierarchy path "$data/hierarchy.tsv" person | grep -q '00007846 person'
fails_with 'shovel is not a node of the hierarchy' "$shoal" hierarchy path "$data/hierarchy.tsv" shovel
"$shoal" hierarchy cut "$data/hierarchy.tsv" --labels "$data/labels.npy" --classes "$data/classes.tsv" \
  --count 8 --out "$work/cut" | grep -q '^3930 samples in 8 classes$'
"$shoal" hierarchy lemmas "$data/hierarchy.tsv" --classes "$data/classes.tsv" --out "$work/lemmas.tsv"
[ "$(wc -l < "$work/lemmas.tsv")" -eq 24 ]

for kind in "odd --seed 3" "long-tail --ratio 50" "frequency --s 25" imbalanced centered "random --count 9" \
  "coarse --depth 4 ${tree[*]}" "balanced --count 6 ${tree[*]}" "class-leaves ${tree[*]}"; do
  read -ra words <<< "$kind"
  out=$work/${words[0]}
  "$shoal" benchmark "${words[0]}" "$data/labels.npy" "${words[@]:1}" --validation "$data/labels.npy" --out "$out"
  "$shoal" benchmark verify "$out/manifest.json" --sources "$data"
done
"$shoal" benchmark union "$data/labels.npy" --list "$work/random/classes.npy" --list "$work/imbalanced/classes.npy" \
  --out "$work/union"
fails_with 'does not lie beside it' "$shoal" benchmark verify "$work/union/manifest.json"
fails_with 'does not lie beside it' "$shoal" benchmark verify "$work/union/manifest.json" --sources "$data"
ln -s "$data/labels.npy" "$work/here.npy"
sed "s|\"labels\": .*labels.npy\"|\"labels\": \"../here.npy\"|" "$work/odd/manifest.json" > "$work/odd/linked.json"
fails_with 'does not lie beside it' "$shoal" benchmark verify "$work/odd/linked.json" --sources "$work"
cp "$data/labels.npy" "$work/labels.npy"
"$shoal" benchmark union "$work/labels.npy" --list "$work/random/classes.npy" --list "$work/imbalanced/classes.npy" \
  --out "$work/union"
"$shoal" benchmark verify "$work/union/manifest.json" --sources "$work"

# A manifest is data from others: each field is what it should be, or is refused by its name.
says() {  # says TEXT SED: the manifest after an edit is refused with the text
  sed "$2" "$work/odd/manifest.json" > "$work/odd/edited.json"
  fails_with "$1" "$shoal" benchmark verify "$work/odd/edited.json" --sources "$data"
}
says 'it is no JSON from line 1 on' '1d'
says 'seed is -3' 's|"seed": .*,|"seed": -3,|'
says 'seed is 1.5' 's|"seed": .*,|"seed": 1.5,|'
says 'seed is "x"' 's|"seed": .*,|"seed": "x",|'
says 'constructor is 7' 's|"constructor": .*,|"constructor": 7,|'
says 'it has no constructor' 's|"constructor": .*,||'
says 'parameters is array' 's|"parameters": .*,|"parameters": [],|'
says 'files.labels is 1' 's|"labels": "[^"]*"|"labels": 1|'
says '/dev/zero as labels, which does not lie beside it' 's|"labels": "[^"]*"|"labels": "/dev/zero"|'
says 'which does not lie beside it' 's|"labels": "[^"]*"|"labels": "../../../etc/hostname"|'
says 'nested more than 64 deep' "s|\"seed\": .*,|\"seed\": $(printf '[%.0s' {1..2000}),|"
says 'no JSON from line 4 on' 's|"parameters": .*|}|'
says 'result_sha256 is null' 's|"result_sha256": .*,|"result_sha256": null,|'

# A path is as long as it is deep: its indentation does not grow without end.
{ printf 'r\t\n0\tr\n' && for ((k = 1; k < 5000; ++k)); do printf '%d\t%d\n' $k $((k - 1)); done; } > "$work/chain.tsv"
[ "$("$shoal" hierarchy path "$work/chain.tsv" 4999 | wc -c)" -lt 500000 ]

# A coarse benchmark can be cut again: its class table says which nodes its labels are.
"$shoal" benchmark coarse "$work/coarse/labels.npy" --depth 2 --hierarchy "$data/hierarchy.tsv" \
  --classes "$work/coarse/classes.tsv" --out "$work/coarser"
"$shoal" benchmark coarse "$data/labels.npy" --depth 2 "${tree[@]}" --out "$work/depth2"
cmp "$work/coarser/labels.npy" "$work/depth2/labels.npy"

cp "$work/odd/labels.npy" "$work/odd/rows.npy"
fails_with 'not the benchmark of the manifest' "$shoal" benchmark verify "$work/odd/manifest.json" --sources "$data"
sed -i 's/"seed": 0/"seed": 1/' "$work/random/manifest.json"
fails_with 'the benchmark is not the one' "$shoal" benchmark verify "$work/random/manifest.json" --sources "$data"
printf 'a\t\nb\tz\n' > "$work/bad.tsv"
fails_with 'bad.tsv:2: parent z of node b is not a node of the file' "$shoal" hierarchy info "$work/bad.tsv"
printf '0\t00001740\n1\t99\n' > "$work/classes.tsv"
fails_with 'classes.tsv:2: class 99 is not a node' "$shoal" benchmark coarse "$data/labels.npy" --depth 2 \
  --hierarchy "$data/hierarchy.tsv" --classes "$work/classes.tsv" --out "$work/x"

# Every sample as a class of its own: it finds itself, on any number of threads.
for threads in 1 2; do
  "$shoal" zero-shot "$data/features.npy" "$data/features.npy" --threads $threads --out "$work/zero$threads"
  cmp "$work/zero1/labels.npy" "$work/zero$threads/labels.npy"
done
