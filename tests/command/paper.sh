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
for lie in 's/\[3\]/[3.5]/' 's/\[3\]/[true]/' 's/\[3\]/["3"]/' 's/\[3\]/3/' 's/"tree"/7/' 's/"n00000009"\]/9]/' \
  's/"class_description": {.*}}/"class_description": ["dog"]}/' 's/"class_description": {.*}}/"class_description": null}/'; do
  sed "$lie" tree.json > lie.json
  ! cmp -s lie.json tree.json || failed "$lie changes nothing"
  refuses 1 "lie.json is not a semantic tree: class_list must hold ids" hierarchy info lie.json
done
sed 's/\[3\]/[18446744073709551615]/' tree.json > lie.json
refuses 1 "class_tree_list[3]: the path of n00000009 must start with 3" hierarchy info lie.json

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

# Heads: presets and every setting are options; what is likely not meant is said, in run.json too.
"$shoal" neighbors f.npy --count 10 --out near.npy >/dev/null
common=(--heads 1 --epochs 4 --warmup 1 --bottleneck 8 --batch 100 --no-report)
small=(--neighbors near.npy --clusters 8 --hidden none "${common[@]}")
"$shoal" cluster f.npy --method temi "${small[@]}" --out plain > said.txt
! grep -q Warning said.txt || failed "warned of nothing: $(cat said.txt)"
has() { tr -d ' \n' < "$1/run.json" | grep -qF -- "$2" || failed "$1: no $2 in $(cat "$1/run.json")"; }
has plain '"hidden":[]' && has plain '"bottleneck":8' && has plain '"warmup_epochs":1' && has plain '"median_confidence":0.'
"$shoal" cluster f.npy --method temi --neighbors near.npy --clusters 8 "${common[@]}" --hidden 16,8 --teacher-momentum 0.5 --marginal-momentum 0.25 --lr 0.02 \
  --final-rate 0.01 --out set >/dev/null
has set '"hidden":[16,8]' && has set '"teacher_momentum":0.5' && has set '"marginal_momentum":0.25'
has set '"learning_rate":0.02' && has set '"final_rate":0.01'
"$shoal" cluster f.npy --method scan --preset imagenet21k --neighbors near.npy --clusters 8 --heads 1 --epochs 1 --hidden 8 \
  --bottleneck 4 --no-report --out preset > said.txt
has preset '"batch":1200' && has preset '"warnings":["therateris'
grep -q 'Warning: the rate rises for 1 of the 1 epochs' said.txt || failed "no warning of the warm-up: $(cat said.txt)"
"$shoal" cluster f.npy --method scan --neighbors near.npy --clusters 300 "${common[@]}" --out few > said.txt
grep -q 'Warning: a batch of 100 balances 300 clusters badly' said.txt || failed "no warning of B < C: $(cat said.txt)"
refuses 2 "--hidden" cluster f.npy --method temi --clusters 3 --hidden 16,x --out x
refuses 2 "--preset" cluster f.npy --method temi --clusters 3 --preset imagenet1k --small-data --out x

# Pairs of labels are marked as such; another choice of pairs is another training.
"$shoal" cluster f.npy --method temi "${small[@]}" --true-pairs truth.npy --out oracle > said.txt
grep -q 'it has seen labels' said.txt || failed "said $(cat said.txt)"
has oracle '"uses_labels":{"pairs":"100%true-positiveneighbours"'
! cmp -s oracle/model.shoal plain/model.shoal || failed "--true-pairs does nothing"
"$shoal" cluster f.npy --method temi "${small[@]}" --true-pairs truth.npy --true-share 0 --out none >/dev/null
cmp none/labels.npy plain/labels.npy
"$shoal" cluster f.npy --method temi --clusters 8 "${common[@]}" --class-pairs truth.npy --out class_pairs >/dev/null
has class_pairs '"pairs":"rowsofoneclass"'
refuses 2 "--true-share" cluster f.npy --method temi --clusters 3 --true-share 0.5 --out x
"$shoal" pairs near.npy truth.npy --model plain/model.shoal --features f.npy --json > pairs.json
for key in true_positive_share_by_rank mean_weight_true_positives mean_weight_false_positives; do
  grep -q "\"$key\"" pairs.json || failed "pairs: no $key in $(cat pairs.json)"
done
python3 - <<'END' || failed "pairs: the shares or weights can't be: $(cat pairs.json)"
import json
p = json.load(open("pairs.json"))
by_rank, w = p["true_positive_share_by_rank"], p["weights"]
assert len(by_rank) == 10 and by_rank[0] > by_rank[9] and abs(sum(by_rank) / 10 - p["true_positive_share"]) < 1e-9
assert w["true_positives"] + w["false_positives"] == 1200 and w["mean_weight_true_positives"] > w["mean_weight_false_positives"]
END
first 1199 truth.npy short.npy
refuses 1 "1199 labels" pairs near.npy short.npy

# SCP's ablations: each term's weight has its effect, α of 0 among them.
scp=(--method scp --view view.npy --clusters 8 --heads 1 --epochs 2 --hidden 16 --bottleneck 8 --batch 100 --no-report)
first 1200 "$data/view_gloss.npy" view.npy
for left_out in "" "--alpha 0" "--consistency 0" "--confidence 0"; do
  read -ra words <<< "$left_out"
  "$shoal" cluster f.npy "${scp[@]}" "${words[@]}" --out "scp${words[0]:-}" >/dev/null
done
has scp '"consistency":1.0' && has scp--alpha '"alpha":0.0' && has scp--confidence '"confidence":0.0'
for other in scp--alpha scp--consistency scp--confidence; do
  ! cmp -s scp/model.shoal $other/model.shoal || failed "$other trains as SCP does"
done

# The plain head of SCP's source, several views of a sample, and SCP-MIX: feature files side by side.
first 1200 "$data/view_lemma.npy" second.npy
"$shoal" cluster f.npy "${scp[@]}" --plain --out scp-plain >/dev/null
"$shoal" cluster f.npy "${scp[@]}" --view second.npy --out scp-views >/dev/null
"$shoal" cluster f.npy+second.npy --method scp --view f.npy+view.npy "${scp[@]:4}" --out scp-mix >/dev/null
has scp '"plain":false' && has scp-plain '"plain":true' && has scp '"view":"view.npy"' &&
  has scp-views '"views":["view.npy","second.npy"]'
for other in scp-plain scp-views; do
  ! cmp -s scp/model.shoal $other/model.shoal || failed "$other trains as SCP does"
done
for run in "scp-plain f.npy" "scp-views f.npy" "scp-mix f.npy+second.npy"; do
  read -r run features <<< "$run"
  "$shoal" predict $run/model.shoal $features --out again >/dev/null
  cmp $run/labels.npy again/labels.npy || failed "a loaded model of $run predicts other labels"
done
"$shoal" export scp-plain/model.shoal --out plain.safetensors >/dev/null
grep -q 'layers.2.bias' plain.safetensors || failed "the export of a plain head lacks its last layer"
first 1100 "$data/view_gloss.npy" fewer.npy
refuses 1 "a source has 1100 rows where the first has 1200" cluster f.npy+fewer.npy "${scp[@]}" --out x
refuses 1 "must name a file before and after" cluster f.npy+ "${scp[@]}" --out x

# The report's map shows what the trained head makes of the rows, or else the features.
"$shoal" report scp-plain f.npy >/dev/null
grep -q "the logits of up to 4,000 samples under the trained head" scp-plain/report.html || failed "no map of the head"
"$shoal" cluster f.npy --method kmeans --clusters 8 --out means >/dev/null
grep -q "up to 4,000 samples, and up to 60 of each cluster that is named, on their first two" means/report.html || failed "no map of the features"

# A classifier's labels are classes: nothing assigns them, and other numbers score nothing.
"$shoal" probe f.npy truth.npy --classes 24 --epochs 3 --validation-features f.npy --validation-labels truth.npy --probabilities \
  --out known >/dev/null
"$shoal" evaluate known/labels.npy known/truth.npy --classifier --top5 known/top5.npy --hierarchy "$data/hierarchy.tsv" \
  --classes "$data/classes.tsv" --confidence known/confidence.npy --probabilities known/probabilities.npy --json > known.json
"$shoal" evaluate known/labels.npy known/truth.npy --top5 known/top5.npy --hierarchy "$data/hierarchy.tsv" --ancestors dag \
  --classes "$data/classes.tsv" --json > assigned.json
"$shoal" predict plain/model.shoal f.npy --top 3 --probabilities --out spread >/dev/null
"$shoal" evaluate spread/labels.npy truth.npy --top5 spread/top.npy --probabilities spread/probabilities.npy --json > spread.json
refuses 1 "--probabilities has no meaning for a model of k-means" predict run/model.shoal f.npy --probabilities --out x
python3 - <<'END' || failed "scores of a classifier: $(cat known.json assigned.json spread.json)"
import json, struct
def ints(path):
    with open(path, "rb") as f:
        f.seek(128)
        data = f.read()
    return struct.unpack("<%di" % (len(data) // 4), data)
said, truth = ints("known/labels.npy"), ints("known/truth.npy")
known, assigned, spread = (json.load(open(f"{name}.json")) for name in ("known", "assigned", "spread"))
right = sum(a == b for a, b in zip(said, truth)) / len(truth)
assert abs(known["acc"] - right) < 1e-12 and known["acc"] <= assigned["acc"]
assert abs(known["acc"] - json.load(open("known/probe.json"))["accuracy"]) < 1e-12
top = ints("known/top5.npy")
within = sum(truth[i] in top[5 * i:5 * i + 5] for i in range(len(truth))) / len(truth)
assert abs(known["top5_to_1"] - within) < 1e-12 and known["top5_to_L"] >= known["top5_to_1"]
assert 0 < known["ece_classwise"] < 1 and 0 < spread["ece_classwise"] < 1 and "top3_to_1" in spread
END

# ReaL's sets are found by the pictures' names, whatever the order of the rows.
python3 - <<'END'
import json, struct
def npy(path, rows, columns, values):
    shape = "(%d, %d)" % (rows, columns) if columns else "(%d,)" % rows
    head = ("{'descr': '<i4', 'fortran_order': False, 'shape': %s, }" % shape).ljust(117) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack("<%di" % len(values), *values))
order = [3, 1, 4, 2]  # the picture of each row
sets = {1: [0], 2: [1, 2], 3: [2], 4: [3]}
first = [min(sets[p]) for p in order]
npy("real_labels.npy", 4, 0, first)
npy("real_top.npy", 4, 1, first)
json.dump([sets[p] for p in (1, 2, 3, 4)], open("real.json", "w"))
open("pictures.txt", "w").write("".join("val/ILSVRC2012_val_%08d.JPEG\n" % p for p in order))
open("twice.txt", "w").write("a1.png\na2.png\na2.png\na3.png\n")
open("too_far.txt", "w").write("a1.png\na2.png\na5.png\na3.png\n")
END
real=(evaluate real_labels.npy real_labels.npy --classifier --top5 real_top.npy --multi-label real.json)
"$shoal" "${real[@]}" --pictures pictures.txt --json > real.out 2> said.txt
grep -q '"drawn_top1_to_L": 1.0' real.out && [ ! -s said.txt ] || failed "ReaL by names: $(cat real.out said.txt)"
"$shoal" "${real[@]}" --json > real.out 2> said.txt
! grep -q '"drawn_top1_to_L": 1.0' real.out && grep -q 'label set i is taken as that of row i' said.txt || failed "ReaL by rows: $(cat real.out said.txt)"
refuses 1 "twice.txt:3: picture 2 has a row already" "${real[@]}" --pictures twice.txt
refuses 1 "too_far.txt:3: the name of a picture (a5.png) must end in its number, from 1 to 4" "${real[@]}" --pictures too_far.txt

# Lemmas in prompts: a text a line with its class and id, and the embedded rows taken back.
"$shoal" hierarchy lemmas tree.json --prompts paper --out texts.tsv > said.txt
grep -q '^5 lemmas of 4 classes, each in 7 texts$' said.txt && [ "$(wc -l < texts.tsv)" -eq 35 ] || failed "said $(cat said.txt)"
grep -qP '^1\t\S+\tbeast\ta beast in a beast video game$' texts.tsv || failed "the prompts: $(cat texts.tsv)"
printf 'a {}\nno {label}, {label}\n' > own.txt
"$shoal" hierarchy lemmas "$data/hierarchy.tsv" --classes "$data/classes.tsv" --prompts own.txt --out own.tsv >/dev/null
[ "$(sed -n 2p own.tsv | cut -f4)" = "no object, object" ] || failed "own prompts: $(head -2 own.tsv)"
python3 - "$data/class_texts.npy" <<'END'
import sys
raw = open(sys.argv[1], "rb").read()
width = 2 * 384
head = raw[:128].replace(b"(24, 384), }", b"(48, 384), }")
open("own.npy", "wb").write(head + b"".join(2 * raw[128 + i * width:128 + (i + 1) * width] for i in range(24)))
END
"$shoal" zero-shot f.npy own.npy --lemmas own.tsv --labels truth.npy --out by_texts >/dev/null
"$shoal" zero-shot f.npy "$data/class_texts.npy" --labels truth.npy --out by_names >/dev/null
cmp by_texts/labels.npy by_names/labels.npy
grep -q '"prompts": 2' by_texts/manifest.json || failed "the number of prompts is not the table's"
refuses 1 "must have 2 for each of the 24 lemmas of own.tsv" zero-shot f.npy "$data/class_texts.npy" --lemmas own.tsv --labels truth.npy --out x
refuses 2 "--prompts says what own.tsv says already" zero-shot f.npy own.npy --lemmas own.tsv --prompts 2 --labels truth.npy --out x
sed 5d own.tsv > uneven.tsv
refuses 1 "the lemma before it has 1 texts, the first lemma has 2" zero-shot f.npy own.npy --lemmas uneven.tsv --labels truth.npy --out x
printf 'a photo\n' > none.txt
refuses 1 "must have {} where the lemma goes" hierarchy lemmas tree.json --prompts none.txt --out x.tsv
refuses 1 "--prompts: missing.txt can't be opened" hierarchy lemmas tree.json --prompts missing.txt --out x.tsv
refuses 1 "--out: own.txt is also the input --prompts" hierarchy lemmas tree.json --prompts own.txt --out own.txt
refuses 2 "--prompts is empty" hierarchy lemmas tree.json --prompts "" --out x.tsv
