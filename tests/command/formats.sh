#!/usr/bin/env bash
# formats.sh SHOAL DATA: verbs take features of each format, and what they give is theirs of .npy; other files are refused
# with the line of Python that converts them. Tables of labels, exported models, completion.
files=$(realpath "$(dirname "$0")/../io/data")
. "$(dirname "$0")/lib.sh"

"$shoal" neighbors "$files/float32.npy" --count 2 --similarity euclidean --out expected.npy > /dev/null 2>&1
same() {
  "$shoal" neighbors "$1" --count 2 --similarity euclidean "${@:2}" --out found.npy > said 2>&1 || failed "$1: $(cat said)"
  cmp -s expected.npy found.npy || failed "$1 gives other neighbours than float32.npy"
}
for name in float16.npy bfloat16.npy rows.fbin rows.f16bin rows.fvecs rows.csv commented.tsv one.npz several.npz:half \
  one.safetensors several.safetensors:brain int8rows.npy rows.i8bin rows.u8bin rows.bvecs; do
  same "$files/$name"
  same "$files/$name" --no-map
done
same "$files/float64rows.npy"
grep -q 'note: .*float64rows.npy is float64' said || failed "of float64 it is said: $(cat said)"
mkdir shards
"$shoal" neighbors "$files/several.npz" --count 2 --out x.npy > said 2>&1 && failed "an archive of several arrays is taken"
grep -q 'name one, as file.npz:' said || failed "of several arrays it is said: $(cat said)"
cp "$files/float32.npy" shards/part-0.npy
same 'shards/part-*.npy'

# Several files of any format are one input: a list, a folder of one format, a pattern with an array's name.
neighbors_of() {
  "$shoal" neighbors "$1" --count 4 --similarity euclidean "${@:3}" --out "$2" > said 2>&1 || failed "$1: $(cat said)"
}
neighbors_of "$files/float32.npy,$files/float16.npy" twice.npy
mkdir doubles
cp "$files/float32.npy" doubles/part-0.npy
cp "$files/float64rows.npy" doubles/part-1.npy
neighbors_of doubles doubled.npy
grep -q 'note: doubles/part-1.npy is float64' said || failed "of float64 in a folder it is said: $(cat said)"
mkdir fbin archives
cp "$files/rows.fbin" fbin/0.fbin
cp "$files/rows.fbin" fbin/1.fbin
for i in 0 1; do cp "$files/several.npz" archives/$i.npz; done
for meant in "$files/rows.fbin,$files/rows.csv" "$files/one.npz,$files/several.safetensors:brain" fbin 'archives/*.npz:half'; do
  neighbors_of "$meant" found.npy
  cmp -s twice.npy found.npy || failed "$meant gives other neighbours than two .npy files"
  neighbors_of "$meant" found.npy --no-map
  cmp -s twice.npy found.npy || failed "$meant --no-map gives other neighbours"
done
cp "$files/rows.fvecs" fbin/2.fvecs
refuses 1 "fbin holds .fbin and .fvecs files: say which are meant, as fbin/*.fbin" cluster fbin --clusters 2 --out out
refuses 1 "archives/0.npz names 3 arrays where one is expected" cluster 'archives/*.npz' --clusters 2 --out out

touch a.pt
refuses 1 "torch.load('a.pt'" cluster a.pt --clusters 2 --out out
mkdir a.zarr
refuses 1 "zarr.open('a.zarr'" cluster a.zarr --clusters 2 --out out
refuses 1 "zarr.open('a.zarr'" cluster "$files/float32.npy" --method auto --view a.zarr --clusters 2 --out out
refuses 1 "arr_0 is compressed" cluster "$files/compressed.npz" --clusters 2 --out out

"$shoal" cluster "$files/rows.fvecs" --clusters 2 --format csv --no-report --out out > /dev/null 2>&1
[ "$(head -n 1 out/labels.csv)" = row,label,confidence ] && [ "$(wc -l < out/labels.csv)" = 6 ] || failed "labels.csv: $(cat out/labels.csv)"
"$shoal" predict out/model.shoal "$files/rows.csv" --format tsv --out predicted > /dev/null 2>&1
[ "$(cut -f 2 predicted/labels.tsv | tail -n 5)" = "$(cut -d , -f 2 out/labels.csv | tail -n 5)" ] || failed "labels.tsv"
if "$shoal" --version | grep -q 'without Arrow'; then
  refuses 2 "--format (parquet) needs Arrow" predict out/model.shoal "$files/rows.csv" --format parquet --out tabled
  touch t.parquet
  refuses 1 "pandas.read_parquet('t.parquet')" cluster t.parquet --clusters 2 --out tabled
else  # tests/io/ecosystem.py reads and writes such files
  "$shoal" predict out/model.shoal "$files/rows.csv" --format parquet --out tabled > /dev/null 2>&1
  [ "$(head -c 4 tabled/labels.parquet)$(tail -c 4 tabled/labels.parquet)" = PAR1PAR1 ] || failed "labels.parquet"
  refuses 1 "holds float where lists of" cluster tabled/labels.parquet:confidence --clusters 2 --out x
  refuses 1 "has 0 columns of lists of numbers" cluster tabled/labels.parquet --clusters 2 --out x
fi
"$shoal" export out/model.shoal --out c.npy > /dev/null
"$shoal" export out/model.shoal --out c.safetensors > /dev/null
"$shoal" predict out/model.shoal c.npy --out own > /dev/null 2>&1  # each centroid is nearest to itself
"$shoal" predict out/model.shoal c.safetensors:centroids --out own_too > /dev/null 2>&1
cmp -s own/labels.npy own_too/labels.npy || failed "centroids exported as .npy and .safetensors differ"
refuses 2 "must end in .npy or .safetensors" export out/model.shoal --out c.txt

mkdir completion
"$shoal" --completions completion
complete_words() {  # WORDS…: what bash offers for the last
  bash -c '. completion/shoal.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shoal; echo "${COMPREPLY[*]}"' complete "$@"
}
[ "$(complete_words shoal clu)" = cluster ] || failed "completion of a verb: $(complete_words shoal clu)"
[ "$(complete_words shoal hierarchy cu)" = cut ] || failed "completion of a sub-verb: $(complete_words shoal hierarchy cu)"
[[ $(complete_words shoal cluster x.npy --clus) == *--clusters* ]] || failed "completion of an option"
