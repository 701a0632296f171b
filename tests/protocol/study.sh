#!/usr/bin/env bash
# study.sh PROTOCOL DATA DOCS: the study of the example data from end to end, and docs/study.md filled with it:
# each number that the page says is one that the program wrote.
set -euo pipefail
protocol=$1 data=$2 docs=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed() { echo "study.sh: $1"; exit 1; }

study() {
  "$protocol" "$data/features.npy" "$data/labels.npy" "$data/hierarchy.tsv" "$data/classes.tsv" --out study \
    --prototypes "$data/class_texts.npy" --model "lemmas=$data/view_lemma.npy" --model "gloss=$data/view_gloss.npy" \
    --depths 1 2 3 4 5 6 7 8 --neighbor-counts 10 100 --cluster-shares 0.5 2 4 --easy 8 --repeats 2 --heads 1 --epochs 1 \
    --pairs 500 --hidden 0 --bottleneck 8 --scan-batch 256 --neighbors 5 --iterations 3 --probe-epochs 1 \
    --silhouette-sample 200
}
study 2>said || failed "the study failed: $(tail -c 500 said)"
mkdir results
for set in nouns pairs lemmas gloss; do cp study/summary.json results/$set.json; done
cp "$docs/study/results/experiments.json" results
python3 "$docs/study/fill.py" results --any > page.md
! grep -qE '[{}]{2}' page.md || failed "something is not filled in"

# What the summary and the page say is what the results hold, computed again from the files of the benchmarks.
python3 - <<'END' || failed "the page or the summary does not say what the results say"
import json, math, statistics
summary = json.load(open("study/summary.json"))
page = open("page.md", encoding="utf-8").read()
result = {b["name"]: json.load(open(f"study/{b['name']}.json")) for b in summary["benchmarks"]}
assert len(result) >= 25 and {"all", "odd", "frequency_45", "coarse_8", "hzr", "p_hzr", "easy_gloss", "union"} <= set(result)
for b in summary["benchmarks"]:
    for method in ("kmeans", "temi", "scan"):
        runs = [run["acc"] for run in result[b["name"]]["methods"][method]]
        acc = b["methods"][method]["acc"]
        assert b["methods"][method]["runs"] == len(runs) == 2
        assert abs(acc["mean"] - statistics.mean(runs)) < 1e-6 and abs(acc["deviation"] - statistics.stdev(runs)) < 1e-6
    row = next(line for line in page.splitlines() if line.startswith(f"| {b['title']} |"))
    kmeans = [100 * run["acc"] for run in result[b["name"]]["methods"]["kmeans"]]
    assert f"{statistics.mean(kmeans):.1f} ± {statistics.stdev(kmeans):.1f}" in row, (row, kmeans)
    assert f"| {100 * result[b['name']]['probe']['acc']:.1f} |" in row
def determination(names, measure):
    x = [result[n]["probe"]["acc"] for n in names]
    y = [result[n]["separability"][measure] for n in names]
    return statistics.correlation(x, y) ** 2
for which, names in (("all", list(result)), ("without_coarse", [n for n in result if not n.startswith("coarse")])):
    assert summary["probe_fits"][which]["benchmarks"] == len(names)
    for measure in ("alignment", "davies_bouldin", "silhouette"):
        assert math.isclose(summary["probe_fits"][which][measure]["determination"], determination(names, measure), rel_tol=1e-6)
change = next(c for c in summary["comparisons"] if c["to"] == "imbalanced")
assert math.isclose(change["here"][3], result["imbalanced"]["probe"]["acc"] / result["centered"]["probe"]["acc"])
assert math.isclose(change["paper"][0], 34.78 / 35.22)
END

# A claim that the numbers don't bear out stops the page.
python3 - "$docs" <<'END' || failed "a claim is not checked"
import sys
sys.path.insert(0, sys.argv[1] + "/study")
import fill
study = fill.Study("results", True)
assert fill.fill("{{claim(acc('nouns','all','probe') > 0)}}x", study) == "x"
try:
    fill.fill("{{claim(acc('nouns','all','probe') > 100)}}", study)
except SystemExit:
    sys.exit(0)
sys.exit(1)
END

# The page is what fill.py makes of the results of the study, and all that it claims holds.
python3 "$docs/study/fill.py" "$docs/study/results" > committed.md || failed "docs/study.md.in claims what does not hold"
cmp committed.md "$docs/study.md" || failed "docs/study.md is not what fill.py makes of docs/study/results"

# The prototypes of the study: the rows of those samples that the classes are.
awk -F '\t' -v OFS='\t' 'NR % 500 == 7 { print n++, $1, "a class" }' "$data/samples.tsv" > own.tsv
python3 "$docs/study/prototypes.py" "$data/features.npy" "$data/samples.tsv" own.tsv prototypes.npy
python3 - "$data" <<'END' || failed "a prototype is not the row of its class"
import sys
rows = [i for i in range(3930) if (i + 1) % 500 == 7]
with open(sys.argv[1] + "/features.npy", "rb") as file:
    all_rows = file.read()[-3930 * 768:]
with open("prototypes.npy", "rb") as file:
    found = file.read()
assert f"({len(rows)}, 384)".encode() in found[:128] and len(found) == 128 + 768 * len(rows)
assert found[128:] == b"".join(all_rows[768 * i:768 * (i + 1)] for i in rows)
END
! python3 "$docs/study/prototypes.py" "$data/features.npy" "$data/samples.tsv" "$data/classes.tsv" other.npy 2> said ||
  failed "classes that are no samples have prototypes"
grep -q 'is no sample of' said || failed "said $(cat said)"

# Benchmarks that are there are not run again: the same command only draws, and changes no result.
cp -r study before
study 2>said
[ ! -s said ] && cmp study/summary.json before/summary.json || failed "a study that is there was run again: $(cat said)"

# Text of a result is no code: not in the page, not in its figures.
! grep -q '<script' study/report.html || failed "the page has scripts of its own, so what follows shows nothing"
sed -i 's/"title": *"[^"]*"/"title": "<script>alert(1)<\/script> \\"`touch ran`$(touch ran)'"'"'"/; s/"group": *"[^"]*"/"group": "<b onclick=alert(1)>"/' \
  study/odd.json study/all.json
study 2>said
[ "$(grep -c '&lt;script&gt;alert(1)' study/report.html)" -gt 0 ] || failed "the title of a result is not shown"
! grep -qE '<script|<b onclick' study/report.html && [ ! -e ran ] || failed "a result's title became markup or was run"
