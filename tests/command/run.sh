#!/usr/bin/env bash
# run.sh SHOAL DATA: the command from features to scores, and what it says when something is wrong.
. "$(dirname "$0")/lib.sh"

"$shoal" cluster "$data/features.npy" --clusters 24 --seed 1 --out run --truth "$data/labels.npy" \
  --samples "$data/samples.tsv" --class-names "$data/classes.tsv" 2>errors
! grep -vE '\(after [0-9.]+ (s|min|h)\)$' errors || failed "more than lines of progress on stderr"
for file in labels.npy top5.npy confidence.npy model.shoal run.json report.html; do
  [ -s run/$file ] || failed "no $file"
done
grep -q '"fit_seconds"' run/run.json && grep -q '"losses"' run/run.json || failed "run.json lacks its keys"
grep -q '</svg>' run/report.html || failed "the report has no picture"
! grep -qE 'src=|href="http|@import' run/report.html || failed "the report does not stand alone"

# The same seed on another number of threads, and a model read back, give the same bytes.
"$shoal" cluster "$data/features.npy" --clusters 24 --seed 1 --threads 3 --out again --no-report
"$shoal" predict run/model.shoal "$data/features.npy" --out predicted
for other in again predicted; do
  for file in labels.npy top5.npy confidence.npy; do cmp run/$file $other/$file; done
done

"$shoal" evaluate run/labels.npy "$data/labels.npy" --confidence run/confidence.npy --json > scores.json
for key in acc nmi ami ari ece; do grep -q "\"$key\": 0\." scores.json || failed "evaluate: no $key"; done

# Heads, briefly: neighbours from a file, a run that is resumed where it ended.
"$shoal" neighbors "$data/features.npy" --count 10 --out nn.npy
heads=(--method scan --clusters 24 --heads 1 --batch 1024 --neighbors nn.npy --no-report)
"$shoal" cluster "$data/features.npy" "${heads[@]}" --epochs 1 --out heads
"$shoal" cluster "$data/features.npy" "${heads[@]}" --epochs 1 --out heads --resume
"$shoal" cluster "$data/features.npy" "${heads[@]}" --epochs 2 --out heads --resume > resumed.txt
grep -q 'Did 2 epochs' resumed.txt || failed "--resume does not extend the epochs"
grep -q '"alpha": 5.0' heads/run.json || failed "run.json lacks the balancer's constant"
"$shoal" cluster "$data/features.npy" "${heads[@]}" --epochs 1 --precision bfloat16 --out narrow
grep -q '"precision": "bfloat16"' narrow/run.json || failed "run.json does not tell of bfloat16 precision"
refuses 1 "another training" cluster "$data/features.npy" "${heads[@]}" --epochs 1 --out narrow --resume
"$shoal" predict heads/model.shoal "$data/features.npy" --out predicted
cmp heads/labels.npy predicted/labels.npy

refuses 1 "can't be opened" cluster none.npy --clusters 24 --out x
refuses 1 "clusters (5000)" cluster "$data/features.npy" --clusters 5000 --out x
refuses 2 "--clusters" cluster "$data/features.npy" --out x
refuses 1 "is not a model" predict "$data/features.npy" "$data/features.npy" --out x
refuses 2 "--beta (0.7) has no meaning for scan" cluster "$data/features.npy" "${heads[@]}" --beta 0.7 --out x
refuses 2 "shoal --help" sing

# Above 100,000 rows heads take inverted lists, and say so, unless --index says otherwise.
{
  printf "\x93NUMPY\x01\x00\x76\x00%-117s\n" "{'descr': '<f2', 'fortran_order': False, 'shape': (100001, 8), }"
  head -c $((128 + 100001 * 16)) "$data/features.npy" | tail -c +129
} > narrow.npy
"$shoal" cluster narrow.npy --method temi --clusters 3 --heads 1 --hidden none --bottleneck 2 --epochs 1 --batch 50000 \
  --neighbor-count 2 --no-report --out lists > said.txt 2>/dev/null
grep -q '^Plan: .*by inverted lists (--index)' said.txt || failed "100,001 rows: said $(cat said.txt)"
grep -q 'by inverted lists, recall' lists/run.json || failed "run.json does not tell how neighbours were found"
