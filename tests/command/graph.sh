#!/usr/bin/env bash
# graph.sh SHOAL DATA: clustering by the neighbour graph, from features to comparison.
. "$(dirname "$0")/lib.sh"
first 1200 "$data/features.npy" f.npy
first 1200 "$data/view_lemma.npy" lemma.npy
first 1200 "$data/view_gloss.npy" gloss.npy
first 1200 "$data/labels.npy" y.npy

# Each method leaves a whole run; another number of threads leaves the same bytes; the model labels other rows.
"$shoal" neighbors f.npy --count 15 --out nn.npy >/dev/null
run() {  # run NAME OPTIONS…
  local name=$1
  shift
  "$shoal" cluster f.npy --out $name --seed 1 --truth y.npy "$@" > said.txt
  "$shoal" cluster f.npy --out again --seed 1 --threads 3 --no-report "$@" >/dev/null
  for file in labels.npy top5.npy confidence.npy; do cmp $name/$file again/$file; done
  for file in model.shoal run.json report.html; do [ -s $name/$file ] || failed "$name: no $file"; done
  "$shoal" predict $name/model.shoal lemma.npy --out predicted >/dev/null
  [ -s predicted/labels.npy ] || failed "$name: its model labels nothing"
}
run auto --method auto --clusters 8
grep -q '"did": "k-means from a Ward start, then local moves of PMI on the neighbour graph"' auto/run.json ||
  failed "run.json does not say what auto did"
grep -q '"confidence": "centroids"' auto/run.json && grep -q "It is no probability" auto/report.html ||
  failed "the report does not say what confidences are"
run views --method auto --clusters 8 --view lemma.npy --view gloss.npy
grep -q '"did": "Leiden on the views' views/run.json || failed "run.json does not say what auto did with views"
run cut --method pmi-graph --clusters 8 --neighbors nn.npy --sweeps 5
run leiden --method leiden --clusters 8 --neighbor-count 10
run found --method leiden --resolution 2
grep -qE '"clusters": [0-9]+' found/run.json || failed "Leiden does not say how many clusters it found"
run standard --method pmi-graph --clusters 8 --standardize --graph-start merged

run turtle --method turtle --clusters 8 --steps 5 --view lemma.npy

# A model of the graph labels rows by their neighbours or by centroids; others have no choice.
for by in neighbors centroids; do
  "$shoal" predict auto/model.shoal f.npy --by $by --out by_$by >/dev/null
  "$shoal" evaluate by_$by/labels.npy auto/labels.npy --json > agreement.json
  grep -qE '"acc": (1\.0|0\.[89])' agreement.json || failed "by $by: $(cat agreement.json)"
done
"$shoal" predict auto/model.shoal f.npy --out by_default >/dev/null
cmp by_default/labels.npy by_neighbors/labels.npy
! cmp -s by_neighbors/labels.npy by_centroids/labels.npy || failed "--by does nothing"
"$shoal" cluster f.npy --clusters 8 --out kmeans --no-report >/dev/null
refuses 1 "--by has no meaning for a model of k-means" predict kmeans/model.shoal f.npy --by centroids --out x

# Labels are refined; what is refined already stays.
"$shoal" refine kmeans/labels.npy nn.npy --out refined.npy > said.txt
grep -qE '^pmi from [0-9.]+ to [0-9.]+ in [0-9]+ sweeps?; [0-9]+ of 1200 rows' said.txt || failed "refine said $(cat said.txt)"
grep -q '^Wrote refined.npy$' said.txt || failed "refine does not say what it wrote: $(cat said.txt)"
! cmp -s refined.npy kmeans/labels.npy || failed "nothing was refined"
"$shoal" refine refined.npy nn.npy --sweeps 0 --out same.npy >/dev/null
cmp refined.npy same.npy
"$shoal" refine refined.npy nn.npy --objective modularity --resolution 2 --out other.npy >/dev/null
first 1199 y.npy short.npy
refuses 1 "1199 labels" refine short.npy nn.npy --out x.npy
unlabelled 5 y.npy part.npy
refuses 1 "the label of row 0 (-1) must not be negative" refine part.npy nn.npy --out x.npy
first 1199 f.npy fewer.npy
refuses 1 "1200" cluster fewer.npy --method leiden --clusters 3 --neighbors nn.npy --out x
refuses 1 "1200" cluster fewer.npy --method pmi-graph --clusters 3 --neighbors nn.npy --out x

# Several are compared, without labels.
"$shoal" compare kmeans refined.npy auto --features f.npy --view lemma.npy --view gloss.npy --out page.html > said.txt
grep -q "No single score is to be trusted" said.txt && grep -q "views agree" said.txt || failed "compare said $(cat said.txt)"
grep -q '^Wrote page.html$' said.txt || failed "compare does not say what it wrote: $(cat said.txt)"
grep -q '</svg>' page.html || failed "the comparison has no picture"
"$shoal" compare kmeans refined.npy --features f.npy --neighbors nn.npy --json > compared.json
for key in silhouette neighbor_information nearness silhouette_rank ami ari; do
  grep -q "\"$key\"" compared.json || failed "compare: no $key"
done
refuses 1 "1199 labels" compare short.npy kmeans --features f.npy
refuses 1 "can't be opened" compare none.npy --features f.npy

# How many there are is hinted at, with a picture of each hint.
"$shoal" suggest f.npy --most 60 --out hints.html > said.txt
for hint in "merge tree" Leiden halves silhouette; do
  grep -qE "^$hint +[0-9]+$" said.txt || failed "suggest said $(cat said.txt)"
  grep -q "$hint: [0-9]" hints.html || failed "no picture of $hint"
done
grep -q '^Wrote hints.html$' said.txt || failed "suggest does not say what it wrote: $(cat said.txt)"
grep -q "none is to be trusted alone" said.txt || failed "suggest does not warn"
"$shoal" suggest f.npy --most 60 --sample 500 --threads 3 --json > three.json
"$shoal" suggest f.npy --most 60 --sample 500 --threads 1 --json > one.json
cmp one.json three.json
grep -q '"rows": 500' one.json && grep -q '"silhouette"' one.json || failed "suggest --json said $(cat one.json)"
