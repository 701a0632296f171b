#!/usr/bin/env bash
# shards.sh SHOAL DATA: several .npy files are one input: the bytes that one file gives.
. "$(dirname "$0")/lib.sh"

mkdir parts
part 0 700 "$data/features.npy" parts/part-0.npy
part 700 1 "$data/features.npy" parts/part-1.npy
part 701 299 "$data/features.npy" parts/part-2.npy
first 1000 "$data/features.npy" all.npy
echo "no shard" > parts/README

"$shoal" cluster all.npy --clusters 12 --seed 3 --out all
for meant in parts 'parts/part-*.npy' parts/part-0.npy,parts/part-1.npy,parts/part-2.npy; do
  "$shoal" cluster "$meant" --clusters 12 --seed 3 --out shards
  for file in labels.npy top5.npy confidence.npy model.shoal clusters.tsv exemplars.tsv; do
    cmp all/$file shards/$file
  done
  "$shoal" predict all/model.shoal "$meant" --out predicted
  cmp all/labels.npy predicted/labels.npy
  "$shoal" neighbors "$meant" --count 4 --out shards.nn.npy
  "$shoal" neighbors all.npy --count 4 --out all.nn.npy
  cmp all.nn.npy shards.nn.npy
done
"$shoal" report shards parts >/dev/null || true

refuses 1 "no file matches" cluster 'parts/none-*.npy' --clusters 12 --out x
refuses 1 "parts/none.npy can't be opened" cluster parts/part-0.npy,parts/none.npy --clusters 12 --out x
refuses 1 "--no-map reads one file" cluster parts --no-map --clusters 12 --out x
cp "$data/labels.npy" parts/part-3.npy
refuses 1 "parts/part-3.npy" cluster parts --clusters 12 --out x
[ ! -e x/labels.npy ] || failed "labels of a run that was refused"
