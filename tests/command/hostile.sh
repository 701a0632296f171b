#!/usr/bin/env bash
# hostile.sh SHOAL DATA: labels, neighbours, views, weights, queries and texts that someone else made. Each is refused
# in one line that says what is wrong with it, or taken for what it is.
. "$(dirname "$0")/lib.sh"
first 300 "$data/features.npy" f.npy
first 299 "$data/features.npy" fewer.npy
first 300 "$data/labels.npy" y.npy
"$shoal" neighbors f.npy --count 5 --out nn.npy >/dev/null

# entry FROM POSITION VALUE TO: the same array of int32 with another value there.
entry() {
  cp "$1" "$4"
  printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($3 & 255)) $(($3 >> 8 & 255)) $(($3 >> 16 & 255)) $(($3 >> 24 & 255)))" |
    dd of="$4" bs=4 seek=$((32 + $2)) conv=notrunc status=none
}
# in_memory ARGUMENTS…: the command in 4 GiB of addresses; sanitizers, which need more, have no limit.
in_memory() { ([ -n "${ASAN_OPTIONS:-}" ] || ulimit -v 4194304; exec "$shoal" "$@"); }

# A label is a name, of whatever size.
entry y.npy 3 2147483647 huge.npy
in_memory refine huge.npy nn.npy --threads 2 --out refined.npy >/dev/null
[ "$(od -An -td4 -j 140 -N 4 refined.npy | tr -d ' ')" = 2147483647 ] || failed "refine lost the only row of a cluster"
in_memory compare y.npy huge.npy --features f.npy --neighbors nn.npy --threads 2 --json > scores.json
[ "$(grep -c '"silhouette":' scores.json)" = 2 ] || failed "compare said $(cat scores.json)"

in_memory evaluate huge.npy y.npy --report named.html > said.txt
grep -q "in $(sed -n 's/^clusters *//p' said.txt) clusters</h1>" named.html || failed "the report of a huge label: $(cat said.txt)"

# Neighbours: ids are rows, or below 0 for none.
for id in 300 2147483647; do
  entry nn.npy 12 $id far.npy
  said="neighbour $id of row 2 must be below 300"
  refuses 1 "$said" refine y.npy far.npy --out x.npy
  refuses 1 "$said" compare y.npy --features f.npy --neighbors far.npy
  for method in pmi-graph leiden; do
    refuses 1 "$said" cluster f.npy --method $method --clusters 3 --neighbors far.npy --out x
  done
done
entry nn.npy 12 -2147483648 fewer_neighbors.npy
"$shoal" refine y.npy fewer_neighbors.npy --out x.npy >/dev/null
{ head -c 128 nn.npy; head -c $((300 * 5 * 4)) /dev/zero | tr '\0' '\377'; } > none.npy
for method in pmi-graph leiden; do  # a graph without edges: a whole run all the same
  "$shoal" cluster f.npy --method $method --clusters 3 --neighbors none.npy --out lonely >/dev/null
  [ -s lonely/report.html ] && ! grep -q null lonely/run.json || failed "$method without neighbours: $(cat lonely/run.json)"
done
"$shoal" refine y.npy none.npy --out x.npy >/dev/null
cmp <(tail -c +129 x.npy) <(tail -c +129 y.npy)

# One cluster has no silhouette, which is said in words.
{ head -c 128 y.npy; head -c 1200 /dev/zero; } > single.npy
"$shoal" compare single.npy y.npy --features f.npy --neighbors nn.npy > said.txt
grep -q undefined said.txt && ! grep -qw nan said.txt || failed "compare said $(cat said.txt)"

# Before the neighbours are searched for, labels are looked at.
unlabelled 2 y.npy some.npy
first 299 y.npy short.npy
refuses 1 "the label of row 0 of some.npy (-1) must be at least 0" compare y.npy some.npy --features f.npy
refuses 1 "short.npy has 299 labels; the features have 300 rows" compare short.npy --features f.npy
cp y.npy kept
refuses 1 "--out: y.npy is also the input RUN (y.npy)" compare y.npy --features f.npy --neighbors nn.npy --out y.npy
cmp y.npy kept
: > empty
head -c 70 f.npy > cut
for file in empty cut; do
  for arguments in "refine $file nn.npy --out x.npy" "refine y.npy $file --out x.npy" "compare $file --features f.npy" \
    "compare y.npy --features $file" "suggest $file" "cluster f.npy --weights $file --clusters 3 --out x" \
    "cluster f.npy --start $file --clusters 3 --out x" "neighbors f.npy --queries $file --count 3 --out x.npy" \
    "cluster f.npy --method turtle --view $file --clusters 3 --out x"; do
    # shellcheck disable=SC2086
    refuses 1 "$file" $arguments
  done
done
refuses 1 "/dev/zero is not a regular file" cluster f.npy --start /dev/zero --clusters 3 --out x
refuses 1 "/dev/zero is not a regular file" neighbors f.npy --queries /dev/zero --count 3 --out x.npy

# Features and views: a row of NaN, another length.
row=$((($(stat -c %s f.npy) - 128) / 300))
cp f.npy nan.npy
head -c $row /dev/zero | tr '\0' '\377' | dd of=nan.npy bs=1 seek=$((128 + 7 * row)) conv=notrunc status=none
for arguments in "suggest nan.npy" "compare y.npy --features nan.npy" "neighbors f.npy --queries nan.npy --count 3 --out x.npy" \
  "cluster nan.npy --method auto --clusters 3 --out x" "cluster nan.npy --method turtle --clusters 3 --out x" \
  "cluster f.npy --method auto --view nan.npy --clusters 3 --out x"; do
  # shellcheck disable=SC2086
  refuses 1 "row 7 holds NaN or infinity" $arguments
done
for method in auto pmi-graph leiden turtle; do
  refuses 1 "has 299 rows where the first has 300" cluster f.npy --method $method --view fewer.npy --clusters 3 --out x
done

# Texts and names of pictures: none becomes markup, a formula, another host or an error.
long=$(head -c 5000 /dev/zero | tr '\0' x)
for k in $(seq 50); do
  printf '=cmd|calc\tjavascript:alert(1)/a.png\n@SUM(1)\t../../a" onerror="alert(1).png\n+1\t//host/a.png\n'
  printf -- '-1\thttp://host/a.svg\n<script>alert(1)</script>\t%s.png\n\tdata:image/svg+xml,<svg onload=alert(1)>.svg\n' $long
done > samples.tsv
"$shoal" cluster f.npy --clusters 3 --samples samples.tsv --out shown >/dev/null
"$shoal" report shown f.npy --samples samples.tsv --truth y.npy --class-names <(for c in $(seq 0 23); do printf '%s\t=2+%s\n' "$c" "$c"; done) \
  >/dev/null
! grep -qE '<script>alert|<[^>]*[[:space:]"'"'"'/]on[a-z]+[[:space:]]*=' shown/report.html || failed "the report holds markup from outside"
[ "$(grep -oE 'src="[^"]*"' shown/report.html | sort -u | wc -l)" -ge 4 ] || failed "the report shows no pictures"
! grep -oE 'src="[^"]*"' shown/report.html | grep -vqE '^src="[-A-Za-z0-9._~/%]+"$' || failed "an address is more than a path"
! grep -qE 'src="(//|[a-z]+:)' shown/report.html || failed "an address leads to a host"
! grep -qP '(^|\t)[=+@-]' shown/clusters.tsv shown/exemplars.tsv || failed "a table holds a formula"

# pairs, which looks into rows by their neighbours, takes no id that is no row, and no file without any.
for id in -1 -2147483648 300 2147483647; do
  entry nn.npy 12 $id strange.npy
  refuses 1 "neighbour $id of row 2 must be a row, 0 to 299" pairs strange.npy y.npy
done
{ head -c 128 nn.npy | LC_ALL=C sed 's/(300, 5/(300, 0/' | head -c 128; } > columns.npy
refuses 1 "columns.npy has no neighbours" pairs columns.npy y.npy
"$shoal" refine y.npy columns.npy --out x.npy >/dev/null
cmp <(tail -c +129 x.npy) <(tail -c +129 y.npy)
for labels in y.npy huge.npy; do
  "$shoal" pairs nn.npy $labels --json > said.json
  grep -q '"true_positive_share"' said.json || failed "pairs said $(cat said.json)"
done

# zero-shot and relabel: labels of other rows or classes, texts of other classes, columns or values.
texts=$data/class_texts.npy tree="--hierarchy $data/hierarchy.tsv --classes $data/classes.tsv"
first 0 y.npy nobody.npy
first 5 "$texts" few.npy
cp "$texts" nan_texts.npy
printf '\377\377\377\377' | dd of=nan_texts.npy bs=1 seek=128 conv=notrunc status=none
refuses 1 "nobody.npy has 0 labels; f.npy has 300 rows" zero-shot f.npy "$texts" --labels nobody.npy --out x
for arguments in "zero-shot f.npy $texts --labels" "zero-shot f.npy $texts $tree --among siblings --labels"; do
  # shellcheck disable=SC2086
  refuses 1 "labels[3] (2147483647) must be in [0, 24)" $arguments huge.npy --out x
done
# shellcheck disable=SC2086
{
  refuses 1 "labels[3] (2147483647) must be in [0, 24)" relabel f.npy huge.npy "$texts" $tree --out x
  refuses 1 "labels (0) must have one entry a row (300)" relabel f.npy nobody.npy "$texts" $tree --out x
  refuses 1 "TEXTS: few.npy has 5 rows; there are 24 classes" relabel f.npy y.npy few.npy $tree --out x
  refuses 1 "row 0 holds NaN or infinity" relabel f.npy y.npy nan_texts.npy $tree --out x
  refuses 1 "300 ids for the 24 rows" zero-shot f.npy "$texts" --text-ids y.npy $tree --out x
}
refuses 1 "row 0 holds NaN or infinity" zero-shot f.npy nan_texts.npy --out x
refuses 1 "texts (24 rows)" zero-shot f.npy "$texts" --prompts 7 --out x
[ -z "$(ls -A x)" ] || failed "runs that were refused left files: $(ls -A x)"

# A chain of 100,000 classes costs and prints in proportion to its length.
{ printf 'c0\t\n'; seq 99999 | LC_ALL=C awk '{ print "c" $1 "\tc" $1 - 1 }'; } > chain.tsv
in_memory hierarchy path chain.tsv c99999 > said.txt
[ "$(wc -l < said.txt)" -ge 100000 ] && [ "$(wc -c < said.txt)" -lt 20000000 ] ||
  failed "hierarchy path of a chain prints $(wc -lc < said.txt)"
in_memory evaluate shown/labels.npy y.npy --top5 shown/top5.npy --hierarchy chain.tsv --json > scores.json

# JSON of many fields: refused at once where their order is kept, and linear where it is not.
{ printf '{'; seq -s, -f '"k%.0f":0' 20000; echo '}'; } > fields.json
mkdir wide
cp shown/* wide
cp fields.json wide/run.json
refuses 1 "wide/run.json is not a record of shoal cluster: it has more than 10000 fields" report wide f.npy
refuses 1 "fields.json is not a manifest of shoal benchmark: it has more than 10000 fields" benchmark verify fields.json
{
  printf '{"class_list":['; seq -s, -f '"c%.0f"' 0 199999
  printf '],"class_tree_list":['; seq -s, -f '[%.0f]' 0 199999
  printf '],"class_description":{'; seq -s, -f '"c%.0f":"n"' 0 199999; echo '}}'
} > many.json
timeout 120 "$shoal" hierarchy info many.json --json > said.json || failed "a tree of 200,000 classes: status $?"
grep -q '"nodes": 200000' said.json || failed "a tree of 200,000 classes: $(cat said.json)"

# A synset that claims words that wrap around, lemmas that hold a prompt's places, names that several nodes share.
echo '00000001 03 n 7fffffffffffffff a 0 000 | g' > wrapping.noun
refuses 1 "wrapping.noun:1: word count (7fffffffffffffff) does not fit the line" hierarchy info wrapping.noun
{ printf 'r\t\t'; seq -s, 0 50000 | sed 's/[0-9]*,/{}/g'; printf 'a\tr\tsame\nb\tr\tsame\n'; } > braces.tsv
in_memory hierarchy lemmas braces.tsv --prompts paper --out braces.txt >/dev/null
[ "$(wc -c < braces.txt)" -lt 3000000 ] || failed "lemmas of 100 KB became $(wc -c < braces.txt) bytes"
refuses 1 "same is the name of 2 nodes, say which by its id: a same; b same" hierarchy path braces.tsv same

# A table of lemmas with a class of two thousand millions costs no memory by its number.
printf '0\ta\tx\n2147483646\tb\ty\n' > far.tsv
first 2 "$texts" two_texts.npy
in_memory zero-shot f.npy two_texts.npy --lemmas far.tsv --labels y.npy --out x 2> errors && failed "a class without a lemma"
grep -q "of 2147483647 classes each needs a lemma; there are 2" errors || failed "said $(cat errors)"

# Losses that hardly differ, or beyond what can be subtracted: a chart all the same.
cp -r shown charted
for losses in '[1, 1.0000000000000002]' '[1e17, 100000000000000016]' '[1e308, -1e308]' '[5e-324, 1e-323]' '[-1e300, -1.0000000000000002e300]'; do
  sed -E '/"losses": \[/,/\]/d' shown/run.json | sed "1a \"losses\": $losses," > charted/run.json
  timeout 60 "$shoal" report charted f.npy >/dev/null || failed "a report of losses $losses: status $?"
  grep -q '<svg' charted/report.html || failed "no chart of losses $losses"
done

# Pipes in place of files of a folder that someone else made: no one writes into them.
rm charted/run.json
mkfifo charted/run.json
refuses 1 "charted holds no run.json" report charted f.npy
"$shoal" benchmark odd y.npy --out odd >/dev/null
"$shoal" hierarchy cut "$data/hierarchy.tsv" --labels y.npy --classes "$data/classes.tsv" --leaves --out leaves >/dev/null
for folder in odd leaves; do
  mkfifo $folder/pipe
  sed "s|\"files\": {|\"files\": {\"hierarchy\": \"pipe\", |; s|\"hierarchy\": \"[^p][^\"]*\",*||" $folder/manifest.json > $folder/piped.json
  refuses 1 "names $folder/pipe as hierarchy, which is not a regular file" benchmark verify $folder/piped.json --sources .
done

# A list of files may be longer than a name.
list=$(printf 'f.npy,%.0s' $(seq 60))f.npy
"$shoal" neighbors "$list" --count 1 --out listed.npy >/dev/null
[ "$(wc -c < listed.npy)" -eq $((128 + 61 * 300 * 4)) ] || failed "a list of 61 files gave $(wc -c < listed.npy) bytes"

# export takes a model alone.
for file in empty cut y.npy /dev/zero; do refuses 1 "$file" export $file --out x.safetensors; done
[ ! -e x.safetensors ] || failed "export of no model left a file"

# A folder that is gone is no output of a verb that writes nothing.
here=$PWD
mkdir gone
cd gone
rmdir "$here/gone"
"$shoal" evaluate "$here/y.npy" "$here/y.npy" >/dev/null || failed "evaluate needs a folder to write into"
