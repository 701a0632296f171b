#!/usr/bin/env bash
# inputs.sh PROTOCOL DATA: the study on other people's data: given splits, a forest, no hierarchy, other features
# for relabelling and zero-shot, other models, over-clustering of every benchmark, results of other versions.
. "$(dirname "$0")/../command/lib.sh"
protocol=$shoal
common=(--repeats 1 --heads 1 --epochs 1 --pairs 300 --hidden 0 --bottleneck 8 --scan-batch 256 --neighbors 5 --iterations 2
  --probe-epochs 1 --silhouette-sample 200 --easy 6)
run() { "$protocol" "$@" "${common[@]}" >said.txt 2>&1 || failed "$*: $(tail -c 400 said.txt)"; }
refused() {  # TEXT ARGUMENTS…
  local text=$1
  shift
  ! "$protocol" "$@" "${common[@]}" >said.txt 2>&1 || failed "$* was taken"
  grep -qF -- "$text" said.txt || failed "$*: said $(cat said.txt), not $text"
}
# Every fifth row is held out.
python3 - "$data" <<'END'
import re, sys
for source, training, validation in (("features", "train", "val"), ("labels", "y", "vy"), ("view_gloss", "gloss", "vgloss")):
    raw = open(f"{sys.argv[1]}/{source}.npy", "rb").read()
    rows = int(re.search(rb"'shape': \((\d+),", raw[:128]).group(1))
    width = (len(raw) - 128) // rows
    for name, held_out in ((training, False), (validation, True)):
        chosen = [i for i in range(rows) if (i % 5 == 4) == held_out]
        head = raw[:128].replace(b"(%d," % rows, b"(%d," % len(chosen))
        head = head[:-1].rstrip().ljust(127) + b"\n"
        open(name + ".npy", "wb").write(head + b"".join(raw[128 + i * width:128 + (i + 1) * width] for i in chosen))
END
tree=("$data/hierarchy.tsv" "$data/classes.tsv")
texts=(--prototypes "$data/class_texts.npy")

# Given splits, relabelled and classified by the features of another model; every benchmark over-clustered.
run train.npy y.npy "${tree[@]}" --validation-features val.npy --validation-labels vy.npy "${texts[@]}" --text-features gloss.npy \
  --validation-text-features vgloss.npy --model gloss=gloss.npy --validation-model gloss=vgloss.npy --by-model random \
  --over-cluster every --cluster-shares 2 --only all hzr p_hzr random coarse_1 --out given
# The same labels refined by these features as features themselves: the same benchmark.
run gloss.npy y.npy "${tree[@]}" --validation-features vgloss.npy --validation-labels vy.npy "${texts[@]}" --only hzr all --out by_gloss
run train.npy y.npy "${tree[@]}" --validation-features val.npy --validation-labels vy.npy "${texts[@]}" --only hzr --out by_own
python3 - <<'END' || failed "given splits: the results are not those of these files"
import json
def result(folder, name):
    return json.load(open(f"{folder}/{name}.json"))
everything = result("given", "all")
assert everything["sizes"]["training"] == 3144 and everything["sizes"]["validation"] == 786
same, own = result("by_gloss", "hzr"), result("by_own", "hzr")
hzr, p_hzr = result("given", "hzr"), result("given", "p_hzr")
assert hzr["digest"] == same["digest"] != own["digest"] and hzr["relabelled"] == same["relabelled"] != own["relabelled"]
for r, parents in ((hzr, False), (p_hzr, True)):
    for split, size in (("training", 3144), ("validation", 786)):
        s = r["relabelled"][split]
        assert s["samples"] == size and sum(s["by_steps"]) == size and s["by_steps"][0] == size - s["moved"]
        assert s["dropped_samples"] == size - r["sizes"][split] >= 0
        assert 0 < s["moved_share_of_inner"] <= 1 and (parents or s["moved"] == s["of_inner_classes"])
zero = everything["zero_shot"]
assert zero["all"] == result("by_gloss", "all")["zero_shot"]["all"]
assert zero["all"]["acc"] <= zero["level"]["acc"] and set(zero) == {"all", "level", "siblings"}
for measured in zero.values():
    assert sum(bin["samples"] for bin in measured["reliability"]["bins"]) == 786
for name in ("all", "hzr", "p_hzr", "random", "coarse_1"):
    points = result("given", name)["by_clusters"]
    assert [p["clusters"] for p in points] == [2 * result("given", name)["sizes"]["classes"]]
by_model = result("given", "random")["by_model"]
assert [p["model"] for p in by_model] == ["gloss"] and all(len(by_model[0][m]) == 1 for m in ("kmeans", "temi", "scan"))
assert "by_model" not in everything
summary = json.load(open("given/summary.json"))
assert summary["benchmarks"][0]["zero_shot"]["all"]["acc"] == round(zero["all"]["acc"], 6)
END
for picture in zero_shot by_model nmi_by_clusters_hzr; do
  grep -q '<svg' given/$picture.svg || failed "no picture $picture"
done
for title in 'Zero-shot' 'Relabelling' 'By the features of each model'; do
  grep -q "<h2>$title</h2>" given/report.html || failed "the report has no $title"
done
refused "needs features of the validation split" train.npy y.npy "${tree[@]}" --validation-features val.npy \
  --validation-labels vy.npy "${texts[@]}" --text-features gloss.npy --out x
refused "must be the name of a benchmark" train.npy y.npy "${tree[@]}" --over-cluster nonsense --out x
refused "--validation-labels" train.npy y.npy "${tree[@]}" --validation-features val.npy --out x

# A forest: its roots are the coarse classes of d = 1, as those of depth 1 are in the tree above them.
sed $'/^00001740\t/d; s/\t00001740\t/\t\t/' "$data/hierarchy.tsv" > forest.tsv
run train.npy y.npy forest.tsv "$data/classes.tsv" --forest --depths 1 2 --only coarse_1 coarse_2 --out forest
run train.npy y.npy "${tree[@]}" --depths 0 1 2 --only coarse_1 coarse_2 --out tree
refused "--forest" train.npy y.npy forest.tsv "$data/classes.tsv" --out x
python3 - <<'END' || failed "a forest is not cut as the tree above it"
import json
for d in (1, 2):
    a, b = (json.load(open(f"{folder}/coarse_{d}.json")) for folder in ("forest", "tree"))
    assert a["sizes"] == b["sizes"] and a["sizes"]["classes"] >= 2
END

# No hierarchy: what needs none is run.
run train.npy y.npy "${texts[@]}" --out bare --spreads 25 --cluster-shares 2
[ "$(ls bare/*.json | xargs -n1 basename | tr '\n' ' ')" = "all.json centered.json easy.json frequency_25.json imbalanced.json \
odd.json random.json summary.json " ] || failed "without a hierarchy: $(ls bare)"
python3 -c 'import json; assert list(json.load(open("bare/all.json"))["zero_shot"]) == ["all"]'

# Results of other versions are read, or moved aside; none stops the study.
python3 - <<'END'
import json
r = json.load(open("bare/all.json"))
for key in ("zero_shot", "by_clusters", "parameter_of_another_version"):
    r.pop(key, None)
json.dump(r, open("bare/all.json", "w"))
open("bare/odd.json", "w").write("{ not a result")
json.dump({"name": "centered"}, open("bare/centered.json", "w"))
END
run train.npy y.npy "${texts[@]}" --out bare --spreads 25 --cluster-shares 2 --report-only
[ -f bare/odd.json.old ] && [ -f bare/centered.json.old ] && [ -f bare/all.json ] && grep -q 'it is now bare/odd.json.old' said.txt ||
  failed "results of other versions: $(ls bare; cat said.txt)"
grep -q '"name":"all"' bare/summary.json && ! grep -q '"name":"odd"' bare/summary.json || failed "the report of older results"
run train.npy y.npy "${texts[@]}" --out bare --spreads 25 --cluster-shares 2 --only all odd
[ -f bare/all.json.old ] && grep -q '"zero_shot"' bare/all.json && [ -f bare/odd.json ] || failed "older results are not run again"
