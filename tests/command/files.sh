#!/usr/bin/env bash
# files.sh SHOAL DATA: no verb writes over its own inputs or into what is not its folder, and what can be known
# before work is said before work.
. "$(dirname "$0")/lib.sh"
first 300 "$data/features.npy" f.npy
first 300 "$data/labels.npy" y.npy

# keeps FILE TEXT ARGUMENTS…: refused, and the file is as it was.
keeps() {
  local file=$1 text=$2
  shift 2
  cp -L "$file" kept
  refuses 1 "$text" "$@"
  cmp -s "$file" kept || failed "$*: $file has changed"
}

mkdir d
cp f.npy d/features.npy
cp y.npy d/labels.npy
ln -s ../y.npy d/top5.npy
ln y.npy d/rows.npy
ln -s . d/again
over="which would be overwritten"
keeps d/labels.npy "$over" cluster d/features.npy --clusters 3 --truth d/labels.npy --out d
keeps d/labels.npy "$over" cluster d/features.npy --clusters 3 --truth d/labels.npy --out d/again/../d/again
keeps y.npy "$over" cluster d/features.npy --clusters 3 --truth y.npy --out d  # by the link d/top5.npy
keeps d/labels.npy "is of no run" cluster f.npy --clusters 3 --out d
keeps d/labels.npy "$over" benchmark odd d/labels.npy --out d
keeps y.npy "$over" benchmark odd y.npy --out d  # by the hard link d/rows.npy
keeps y.npy "$over" hierarchy cut "$data/hierarchy.tsv" --labels y.npy --leaves --out d
keeps d/features.npy "$over" neighbors d/features.npy --count 5 --out d/features.npy
keeps d/features.npy "$over" neighbors d/features.npy --count 5 --out d/again/features.npy
cp "$data/hierarchy.tsv" h.tsv
keeps h.tsv "$over" hierarchy lemmas h.tsv --out ./h.tsv
mkdir p z
cp f.npy p/weights.npy
keeps p/weights.npy "$over" probe p/weights.npy y.npy --out p
cp f.npy z/prototypes.npy
keeps z/prototypes.npy "$over" zero-shot f.npy z/prototypes.npy --out z
cp y.npy z/paths.npy
keeps z/paths.npy "$over" relabel f.npy z/paths.npy z/prototypes.npy --hierarchy h.tsv --out z

"$shoal" cluster f.npy --clusters 3 --out run --no-report >/dev/null
keeps run/labels.npy "files of another verb (run.json)" predict run/model.shoal f.npy --out run
cp run/run.json report.html
mkdir r
cp run/*.npy run/run.json r
cp y.npy r/report.html
keeps r/report.html "$over" report r f.npy --truth r/report.html
"$shoal" predict run/model.shoal f.npy --out said >/dev/null
"$shoal" predict run/model.shoal f.npy --out said >/dev/null  # its own folder may be used again
keeps said/labels.npy "files of another verb (predict.json)" cluster f.npy --clusters 3 --out said

# Said before work: nothing has been written when a run is refused.
early() {
  refuses 1 "$@"
  [ ! -e new/labels.npy ] && [ ! -e new/run.json ] || failed "$*: worked before it refused"
}
first 299 "$data/labels.npy" short.npy
printf 'zero\tcat\n' > names.tsv
head -5 "$data/samples.tsv" > few.tsv
early "--truth: missing.npy can't be opened" cluster f.npy --clusters 3 --truth missing.npy --out new
early "--samples: missing.tsv can't be opened" cluster f.npy --clusters 3 --samples missing.tsv --out new
early "--truth: short.npy holds 299 samples; the features have 300 rows" cluster f.npy --clusters 3 --truth short.npy --out new
early "--samples: few.tsv holds 5 samples" cluster f.npy --clusters 3 --samples few.tsv --out new
early "names.tsv:1" cluster f.npy --clusters 3 --class-names names.tsv --out new
early "--clusters (301) must not exceed the 300 rows" cluster f.npy --clusters 301 --out new
early "--out: the folder nodir of nodir/x.npy does not exist" neighbors f.npy --count 10 --out nodir/x.npy
early "--out: d is a folder" neighbors f.npy --count 10 --out d
early "--out: f.npy is a file" cluster f.npy --clusters 3 --out f.npy
early "--out: the folder f.npy/x can't be made" probe f.npy y.npy --out f.npy/x
early "d/labels.npy is 1-dimensional where two dimensions are expected" cluster d --clusters 3 --out new

# What an output names is written through: devices and pipes stay what they are, links are followed, modes are kept.
"$shoal" neighbors f.npy --count 3 --out nn.npy >/dev/null
mkfifo pipe
cat pipe > piped.npy &
"$shoal" neighbors f.npy --count 3 --out pipe >/dev/null
wait $!
[ -p pipe ] && cmp piped.npy nn.npy || failed "a pipe was not written through"
mkdir kept.d
printf 'old' > kept.d/nn.npy
chmod 640 kept.d/nn.npy
ln -s kept.d/nn.npy link.npy
"$shoal" neighbors f.npy --count 3 --out link.npy >/dev/null
[ -L link.npy ] && cmp kept.d/nn.npy nn.npy || failed "a link was not followed"
[ "$(stat -c %a kept.d/nn.npy)" = 640 ] || failed "the mode of a file became $(stat -c %a kept.d/nn.npy)"
"$shoal" neighbors f.npy --count 3 --out /dev/null >/dev/null
[ -c /dev/null ] || failed "/dev/null is no device any more"

# Samples without a class are left out by the report as by evaluate, and both say how many.
unlabelled 100 y.npy part.npy
"$shoal" evaluate run/labels.npy part.npy --json > scores.json
grep -q '"unlabelled": 100' scores.json || failed "evaluate does not say how many samples have no class"
"$shoal" report run f.npy --truth part.npy >/dev/null
grep -q '100 samples without a true class are not scored' run/report.html || failed "the report does not say how many"
accuracy=$(sed -n 's/^  "acc": \([0-9.]*\),$/\1/p' scores.json | LC_ALL=C awk '{ printf "%.1f %%", 100 * $1 }')
grep -qF "<b>$accuracy</b><span>accuracy" run/report.html || failed "the report has another accuracy than $accuracy"

# The table of confused classes says what lies elsewhere; classes and samples that are named by numbers keep their names.
for c in $(seq 0 23); do printf '%d\t%d\n' "$c" $((700 + c)); done > numbers.tsv
seq 1001 1300 > ids.tsv
"$shoal" report run f.npy --truth y.npy --class-names numbers.tsv --samples ids.tsv > /dev/null
grep -q '<th scope="col"><span>all others</span></th>' run/report.html || failed "the report does not say what the other clusters have"
grep -q '<th scope="row">7[0-9][0-9]</th>' run/report.html || failed "classes named by numbers have no names"
grep -q '<b>1[0-9][0-9][0-9]</b>' run/report.html || failed "samples named by numbers have no names"

# Clusters that stay empty are said: 300 rows that are all alike.
{ head -c 128 f.npy; for _ in $(seq 300); do head -c 896 f.npy | tail -c 768; done; } > alike.npy
"$shoal" cluster alike.npy --clusters 5 --out empty > said.txt
grep -q "4 of 5 clusters stayed empty" said.txt || failed "cluster says nothing of empty clusters: $(cat said.txt)"
grep -q '"clusters_used": 1' empty/run.json || failed "run.json says nothing of empty clusters"
grep -q '4 stayed empty' empty/report.html || failed "the report says nothing of empty clusters"

# What is wrong in a file is told by its name, its place and its value, and options as the command spells them.
{ seq 0 298; echo 2000000000; } > huge.txt
integers huge.txt > huge.npy
refuses 1 "the class of sample 299 of huge.npy (2000000000) must be below 1000000" probe f.npy huge.npy --out huge
seq 0 299 > alone.txt
integers alone.txt > alone.npy
refuses 1 "alone.npy has no class with rows enough to set 0.2 of them aside" probe f.npy alone.npy --out alone
sed "s/<i4/<f4/" alone.npy > sure.npy  # small integers read as floats are tiny, and one is just above 1
printf '\x01\x00\x80\x3f' | dd of=sure.npy bs=1 seek=$((128 + 4 * 7)) conv=notrunc status=none
refuses 1 "--confidence: sample 7 of sure.npy (1.0000001) must be in [0, 1]" evaluate y.npy y.npy --confidence sure.npy
echo '{' > run/run.json
refuses 1 "run/run.json is not a record of shoal cluster: it is no JSON from line 2 on" report run f.npy
