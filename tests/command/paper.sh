#!/usr/bin/env bash
# paper.sh SHOAL DATA: what the paper's experiments need of the command: the released semantic tree and lists of
# wnids, cuts of a forest, benchmarks' rows for every verb.
. "$(dirname "$0")/lib.sh"

# The released tree, as three lines of Python make JSON of it: nodes are classes, and it is a forest.
cat > tree.json <<'END'
{"class_list": ["n00000003", "n00000001", "n00000002", "n00000009"],
 "class_tree_list": [[0, 2, 1], [1], [2, 1], [3]],
 "class_description": {"n00000001": "animal, beast", "n00000002": "dog", "n00000003": "terrier", "n00000009": "tree"}}
END
"$shoal" hierarchy info tree.json --json > info.json
grep -q '"nodes": 4' info.json && grep -q '"roots": 2' info.json || failed "info of the tree: $(cat info.json)"
"$shoal" hierarchy path tree.json beast | grep -q '00000001 animal, beast' || failed "a class has no name"
printf 'PK\003\004rest' > tree.pth
! "$shoal" hierarchy info tree.pth 2> said.txt || failed "a .pth was read"
grep -q 'torch.load' said.txt && grep -q 'json.dump' said.txt || failed "a .pth: $(cat said.txt)"
sed 's/\[1\]/[1, 0]/' tree.json > broken.json
! "$shoal" hierarchy info broken.json 2> said.txt || failed "a tree that says two things was read"
grep -q 'broken.json: class_tree_list\[1\]' said.txt || failed "said $(cat said.txt)"
sed 's/"class_tree_list"/"paths"/' tree.json > no_paths.json
refuses 1 "it has no class_tree_list" hierarchy info no_paths.json

# Depths count from 0, the paper's from 1; a cut's manifest is verified as a benchmark's.
python3 - <<'END'
import struct
def npy(path, values):
    head = "{'descr': '<i4', 'fortran_order': False, 'shape': (%d,), }" % len(values)
    head = head.ljust(117) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack("<%di" % len(values), *values))
npy("y.npy", [0, 1, 2, 3, 0, 2, 3, -1])
npy("every_other.npy", list(range(0, 1200, 2)))
npy("not_there.npy", [0, 99999])
END
"$shoal" hierarchy cut tree.json --labels y.npy --depth 0 --out cut > said.txt
grep -q '7 samples in 2 classes' said.txt && grep -q 'as the paper does, this is d = 1' said.txt || failed "said $(cat said.txt)"
"$shoal" benchmark verify cut/manifest.json --sources . | grep -q 'verified: cut of 7 samples' || failed "a cut is not verified"
"$shoal" benchmark coarse y.npy --depth 0 --hierarchy tree.json --out coarse > said.txt
grep -q 'this is d = 1' said.txt || failed "said $(cat said.txt)"
cmp cut/labels.npy coarse/labels.npy
"$shoal" benchmark verify coarse/manifest.json --sources . >/dev/null
for how in "--support 2" "--count 2" --leaves; do
  read -ra words <<< "$how"
  "$shoal" hierarchy cut tree.json --labels y.npy "${words[@]}" --out other >/dev/null
  "$shoal" benchmark verify other/manifest.json --sources . >/dev/null
  rm -r other
done
sed 's/"depth": 0/"depth": 1/' cut/manifest.json > cut/edited.json
refuses 1 "the cut is not the one of the manifest" benchmark verify cut/edited.json --sources .
cp y.npy kept.npy && first 7 kept.npy y.npy
refuses 1 "labels is not the file of the manifest" benchmark verify cut/manifest.json --sources .
mv kept.npy y.npy
printf 'n00000003 terrier\nn00000001\tanimal\nn00000002 dog\nn00000009 a tree\n' > wnids.txt
"$shoal" benchmark leaves y.npy --hierarchy tree.json --classes wnids.txt --out leaves | grep -q '4 training .* in 2 classes' ||
  failed "leaves of a list of wnids"

# The rows that a benchmark takes, in each verb that reads features: as from a file of these rows alone.
first 1200 "$data/features.npy" f.npy
first 1200 "$data/labels.npy" truth.npy
"$shoal" cluster f.npy --rows every_other.npy --clusters 8 --iterations 2 --no-report --out run >/dev/null
"$shoal" neighbors f.npy --rows every_other.npy --count 5 --out nn.npy >/dev/null
"$shoal" predict run/model.shoal f.npy --rows every_other.npy --out predicted >/dev/null
cmp run/labels.npy predicted/labels.npy
"$shoal" zero-shot f.npy "$data/class_texts.npy" --rows every_other.npy --labels truth.npy --out zero >/dev/null
"$shoal" relabel f.npy truth.npy "$data/class_texts.npy" --rows every_other.npy --hierarchy "$data/hierarchy.tsv" \
  --classes "$data/classes.tsv" --out refined > said.txt
grep -q '(600 samples)' said.txt || failed "relabel: $(cat said.txt)"
"$shoal" probe f.npy truth.npy --rows every_other.npy --classes 24 --epochs 3 --out probe > said.txt
grep -q '"training": 4[0-9][0-9]' probe/probe.json || failed "probe --rows: $(cat probe/probe.json)"
"$shoal" probe f.npy truth.npy --classes 24 --epochs 3 --validation-features f.npy --validation-labels truth.npy \
  --validation-rows every_other.npy --score-epochs --out probe2 > said.txt
grep -q '"validation": 600' probe2/probe.json || failed "probe --validation-rows: $(cat probe2/probe.json)"
"$shoal" evaluate predicted/labels.npy run/labels.npy --features f.npy --rows every_other.npy --json > scores.json
grep -q '"silhouette"' scores.json || failed "evaluate --rows: $(cat scores.json)"
refuses 1 "entry 1 of not_there.npy (99999)" zero-shot f.npy "$data/class_texts.npy" --rows not_there.npy --out x

# A probe says its highest accuracy and when, and leaves its labels and theirs.
grep -qE 'highest accuracy 0\.[0-9]+, after epoch [1-3] of 3$' said.txt || failed "said $(cat said.txt)"
grep -q '"of_every_epoch": true' probe2/probe.json || failed "no epoch is named"
"$shoal" evaluate probe2/labels.npy probe2/truth.npy --json > scores.json
grep -q '"samples": 600' scores.json || failed "labels of the probe: $(cat scores.json)"
