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

# What belongs to the rows is sharded alike: weights, labels, texts and chosen rows.
mkdir weights truth samples rows
first 1000 "$data/labels.npy" truth.npy
first 1000 all/labels.npy rows.npy  # any numbers of rows
head -n 1000 "$data/samples.tsv" > samples.tsv
split_rows() { part 0 700 "$1" "$2/0.npy"; part 700 1 "$1" "$2/1.npy"; part 701 299 "$1" "$2/2.npy"; }
split_rows all/confidence.npy weights
split_rows truth.npy truth
split_rows rows.npy rows
sed -n 1,700p samples.tsv > samples/0.tsv
sed -n 701p samples.tsv > samples/1.tsv
sed -n '702,$p' samples.tsv > samples/2.tsv
"$shoal" cluster all.npy --clusters 12 --seed 3 --weights all/confidence.npy --truth truth.npy --samples samples.tsv --out extras
if cmp -s all/labels.npy extras/labels.npy; then failed "weights changed nothing"; fi
for meant in FOLDER 'FOLDER/?.END' FOLDER/0.END,FOLDER/1.END,FOLDER/2.END; do
  named() { echo "$meant" | sed "s/FOLDER/$1/g; s/END/$2/g"; }
  "$shoal" cluster parts --clusters 12 --seed 3 --weights "$(named weights npy)" --truth "$(named truth npy)" \
    --samples "$(named samples tsv)" --out shards
  for file in labels.npy top5.npy confidence.npy clusters.tsv exemplars.tsv; do cmp extras/$file shards/$file; done
  "$shoal" report all parts --truth "$(named truth npy)" --samples "$(named samples tsv)"
  cmp <("$shoal" evaluate all/labels.npy truth.npy) <("$shoal" evaluate all/labels.npy "$(named truth npy)")
  "$shoal" predict all/model.shoal parts --rows "$(named rows npy)" --out predicted
done
"$shoal" predict all/model.shoal all.npy --rows rows.npy --out chosen
cmp chosen/labels.npy predicted/labels.npy
refuses 1 "--weights: weights/0.npy,weights/1.npy holds 701 weights; there are 1000 rows" \
  cluster parts --clusters 12 --weights weights/0.npy,weights/1.npy --out x
refuses 1 "--samples: samples/0.tsv,samples/1.tsv holds 701 samples" \
  cluster parts --clusters 12 --samples samples/0.tsv,samples/1.tsv --out x
refuses 1 "--samples: no file matches truth/*.tsv" report all parts --samples truth

# So is every input of features: those of scores, views and queries.
cmp <("$shoal" compare all shards --features all.npy --neighbor-count 5) <("$shoal" compare all shards --features parts --neighbor-count 5)
cmp <("$shoal" evaluate all/labels.npy truth.npy --features all.npy) <("$shoal" evaluate all/labels.npy truth.npy --features parts)
"$shoal" neighbors all.npy --queries parts --count 4 --out queries.npy
"$shoal" neighbors all.npy --queries all.npy --count 4 --out query.npy
cmp query.npy queries.npy
"$shoal" cluster parts --method auto --view parts --clusters 12 --no-report --out viewed

# The folder of shards takes no outputs, which would be shards; names whose numbers have another order are told.
refuses 1 "--out: parts is also the folder of the input FEATURES" cluster parts --clusters 12 --out parts
mkdir numbered
for i in 1 2 10; do part $((70 * i)) 70 "$data/features.npy" numbered/part$i.npy; done
"$shoal" cluster numbered --clusters 3 --no-report --out x 2> errors
grep -q "^shoal: note: FEATURES: the 3 files of numbered are taken in the order of their names, part10.npy before part2.npy" errors ||
  failed "nothing is said of the order of part10 and part2: $(cat errors)"
mkdir kinds
for kind in img_emb text_emb; do for i in 0 1; do part $((70 * i)) 70 "$data/features.npy" kinds/${kind}_$i.npy; done; done
"$shoal" cluster kinds --clusters 3 --no-report --out x 2> errors
grep -q "^shoal: note: FEATURES: img_emb_0.npy and text_emb_0.npy bear the same number, and all the 4 files of kinds" errors ||
  failed "nothing is said of files of two kinds: $(cat errors)"
"$shoal" cluster 'kinds/img_*.npy' --clusters 3 --no-report --out x 2> errors
[ ! -s errors ] || failed "files of one kind: $(cat errors)"
"$shoal" cluster parts --clusters 3 --no-report --out x 2> errors
[ ! -s errors ] || failed "names in order: $(cat errors)"
rm -r x
refuses 1 "no file matches" cluster 'parts/none-*.npy' --clusters 12 --out x
refuses 1 "parts/none.npy can't be opened" cluster parts/part-0.npy,parts/none.npy --clusters 12 --out x
"$shoal" predict all/model.shoal parts --no-map --out predicted
cmp all/labels.npy predicted/labels.npy
cp "$data/labels.npy" parts/part-3.npy
refuses 1 "parts/part-3.npy" cluster parts --clusters 12 --out x
[ ! -e x/labels.npy ] || failed "labels of a run that was refused"
