#!/usr/bin/env bash
# answers.sh SHOAL DATA: small inputs that are easily answered wrongly, and what is said of them.
. "$(dirname "$0")/lib.sh"
first 200 "$data/features.npy" f.npy
first 200 "$data/labels.npy" y.npy
first 40 "$data/features.npy" few.npy
columns=$(head -c 128 f.npy | tr -d '\0' | LC_ALL=C sed -nE "s/.*'shape': \([0-9]+, ([0-9]+)\).*/\1/p")
heads=(--method temi --clusters 3 --heads 1 --epochs 1 --batch 20 --no-report)

# says TEXT ARGUMENTS…: ends well and says it.
says() {
  local text=$1
  shift
  "$shoal" "$@" > said.txt 2>errors || failed "$*: $(cat errors)"
  grep -qF -- "$text" said.txt || failed "$*: said $(cat said.txt), not $text"
}

# Where rows are fewer than the default of neighbours, all others are taken, and that is said.
says "the neighbours of a row are all 39 others (--neighbor-count)" cluster few.npy "${heads[@]}" --out few
grep -q '"neighbors": 39' few/run.json || failed "run.json does not say how many neighbours"
refuses 1 "--neighbor-count (50)" cluster few.npy "${heads[@]}" --neighbor-count 50 --out few

# with_nan ROW COLUMN FROM TO: an array of float16 with NaN in one place.
with_nan() {
  cp "$3" "$4"
  printf '\0\176' | dd of="$4" bs=1 seek=$((128 + 2 * ($1 * columns + $2))) conv=notrunc status=none
}
with_nan 150 2 f.npy nan.npy
refuses 1 "--view: nan.npy: row 150 of the view holds NaN or infinity in column 2" cluster f.npy --method scp --view nan.npy \
  --clusters 4 --heads 1 --epochs 1 --batch 50 --no-report --out x
refuses 1 "row 150 holds NaN" probe nan.npy y.npy --epochs 1 --out x  # the file's row, not that of its split
refuses 1 "nan.npy" probe f.npy y.npy --validation-features nan.npy --validation-labels y.npy --epochs 1 --out x

# Pairs come child first or, as ImageNet's is_a file, parent first: the roots tell.
printf 'r a\nr b\na c\na d\nb e\n' > parents.txt
printf 'a r\nb r\nc a\nd a\ne b\n' > children.txt
for file in parents.txt children.txt; do
  for forest in "" --forest; do
    "$shoal" hierarchy info $file $forest > said.txt
    grep -qE '^roots +1$' said.txt && grep -qE '^leaves +3$' said.txt || failed "$file $forest: $(cat said.txt)"
  done
done
"$shoal" hierarchy info parents.txt --forest --format pairs | grep -qE '^roots +3$' || failed "--format pairs is not obeyed"

# A byte order mark is part of no id; a class is named once.
printf '\xef\xbb\xbfa\t\troot\nb\ta\tB\n' > bom.tsv
says "root" hierarchy path bom.tsv a
printf '\xef\xbb\xbf0\tzero\n1\tone\n' > names.tsv
says "k-means" cluster f.npy --clusters 3 --class-names names.tsv --out named
printf '0\tzero\n1\tone\n0\tnought\n' > twice.tsv
refuses 1 "twice.tsv:3: class 0 was given before" cluster f.npy --clusters 3 --class-names twice.tsv --out x
echo "just a name" > untold.tsv
refuses 1 "untold.tsv:1: a class, a tab and its name are expected, and there is no tab" cluster f.npy --clusters 3 --class-names untold.tsv --out x
: > none.tsv
refuses 1 "--class-names: none.tsv names no class" cluster f.npy --clusters 3 --class-names none.tsv --out x

# Scores that are undefined leave the others; rows that one file leaves without a label are left out of both.
unlabelled 200 y.npy none.npy
{ head -c 128 y.npy; head -c 800 /dev/zero; } > one.npy
says "silhouette                  undefined" evaluate one.npy y.npy --features f.npy
grep -qE '^truth_silhouette +0\.' said.txt && grep -qE '^acc +0\.' said.txt || failed "one cluster: $(cat said.txt)"
"$shoal" cluster f.npy --clusters 3 --no-report --out run >/dev/null
unlabelled 50 y.npy part_truth.npy
unlabelled 50 run/labels.npy part_labels.npy
"$shoal" evaluate run/labels.npy part_truth.npy --features f.npy > by_truth.txt
"$shoal" evaluate part_labels.npy y.npy --features f.npy > by_labels.txt
cmp by_truth.txt by_labels.txt || failed "unlabelled rows count by the file that leaves them out"

# The words that set a cluster's samples apart name it, those with digits too, whether there are two clusters or many.
echo 0 0 0 1 1 1 > two
integers two > two.npy
printf '%s\n' 'the h2o of 1984' 'the h2o in 3d' 'the h2o' 'the mp3 player' 'the mp3 in 3d' 'the mp3' > words.tsv
"$shoal" evaluate two.npy two.npy --samples words.tsv --report named.html > /dev/null
grep -q 'words: h2o<' named.html && grep -q 'words: mp3<' named.html ||
  failed "two clusters are named $(grep -o 'words: [^<]*' named.html)"
