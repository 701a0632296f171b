#!/usr/bin/env bash
# runs.sh SHOAL DATA: what a run leaves when it is stopped, killed, joined by another or short of disk; and that
# text from files and names does no harm.
. "$(dirname "$0")/lib.sh"
first 400 "$data/features.npy" f.npy
first 400 "$data/labels.npy" y.npy
long=(cluster f.npy --method scp --view f.npy --clusters 5 --heads 2 --epochs 100000 --batch 100 --no-report)

# started FOLDER: waits until a run has begun to work in the folder, by its checkpoint or its first log line.
started() { for _ in $(seq 200); do [ -e "$1" ] && sleep 0.3 && return; sleep 0.05; done; failed "no run began in $1"; }

# SIGTERM and SIGHUP end a run as SIGINT does: it leaves what it has, and says by which signal it ended.
for signal in INT TERM HUP; do
  (trap - INT; exec "$shoal" "${long[@]}" --out $signal) > said.txt 2>errors &
  job=$!
  started $signal
  kill -$signal $job
  status=0
  wait $job || status=$?
  [ $status -eq $((128 + $(kill -l $signal))) ] || failed "SIG$signal ended with status $status: $(cat errors)"
  grep -qE "Interrupted (after [0-9]+ epochs?|in the first epoch)," said.txt && [ -s $signal/labels.npy ] && [ -s $signal/run.json ] ||
    failed "SIG$signal left $(ls $signal): $(cat said.txt errors)"
done

# Features that are cut short while they are in use are named, whether they are mapped or read; the results are the same.
for how in "" --no-map; do
  cp f.npy cut.npy
  # shellcheck disable=SC2086
  "$shoal" cluster cut.npy --method scp --view f.npy --clusters 5 --heads 2 --epochs 100000 --batch 100 --no-report $how \
    --out "cut$how" >/dev/null 2>errors &
  job=$!
  started "cut$how"
  truncate -s 3000 cut.npy
  status=0
  wait $job || status=$?
  [ $status -eq 1 ] && grep -q 'cut.npy was cut short' errors || failed "features cut short: status $status, $(cat errors)"
  # shellcheck disable=SC2086
  "$shoal" cluster f.npy --clusters 3 --no-report $how --out "whole$how" >/dev/null
done
cmp whole/model.shoal whole--no-map/model.shoal
cmp whole/labels.npy whole--no-map/labels.npy

# Streams that the caller has closed are nobody's: no file that is opened gets their number, and with it what is printed.
"$shoal" "${long[@]}" --out closed <&- >&- 2>&- &
job=$!
started closed
if [ -e /proc/$job/fd ]; then
  for stream in 0 1 2; do
    [ "$(readlink /proc/$job/fd/$stream)" = /dev/null ] || failed "stream $stream is $(readlink /proc/$job/fd/$stream)"
  done
fi
kill -KILL $job
wait $job 2>/dev/null || true

# A signal that the caller ignores stays ignored. A second run into the same folder is refused meanwhile.
bash -c "trap '' INT HUP; exec \"\$0\" \"\$@\"" "$shoal" "${long[@]}" --out busy >/dev/null 2>errors &
job=$!
started busy
kill -INT $job
kill -HUP $job
sleep 0.3
kill -0 $job || failed "a signal that was to be ignored ended the run: $(cat errors)"
refuses 1 "another run is writing into busy" "${long[@]}" --out busy
refuses 1 "another run is writing into busy" predict INT/model.shoal f.npy --out busy
kill -KILL $job
wait $job 2>/dev/null || true

# A folder that is used again holds the files of one run; a killed run's folder may be used again.
"$shoal" cluster f.npy --clusters 3 --out busy >/dev/null
[ -s busy/report.html ] || failed "no report"
"$shoal" cluster f.npy --method scp --view f.npy --clusters 4 --heads 1 --epochs 1 --no-report --out busy >/dev/null
[ ! -e busy/report.html ] || failed "the report of an earlier run stayed"
"$shoal" cluster f.npy --clusters 3 --no-report --out busy >/dev/null
[ ! -e busy/checkpoint.shoal ] || failed "the checkpoint of another method stayed"
[ "$(ls -A busy | tr '\n' ' ')" = "confidence.npy labels.npy model.shoal run.json top5.npy " ] ||
  failed "the folder holds $(ls -A busy)"

# Outputs appear together: where a file can't be written, the folder stays as it was.
cp -r busy before
(ulimit -f 1; trap '' XFSZ; exec "$shoal" cluster f.npy --clusters 4 --no-report --out busy) >/dev/null 2>errors &&
  failed "a run that could not write its model ended well"
diff -r before busy || failed "a run that failed changed its folder"

# What can't be printed is an error.
for arguments in "" --json; do
  if "$shoal" evaluate y.npy y.npy $arguments > /dev/full 2>errors; then failed "a full disk under stdout"; fi
  grep -q "standard output can't be written" errors || failed "said $(cat errors)"
done

# Names that are not UTF-8, and that hold quotes, commands and markup.
name=$'caf\xe9 "\'`touch ran`$(touch ran)<script>\e[31m\n.npy'
cp f.npy "$name"
mkdir "it's \"here\""
TMPDIR="$PWD/it's \"here\"" "$shoal" cluster "$name" --clusters 3 --out "$name.d" > said.txt
for file in labels.npy run.json report.html; do [ -s "$name.d/$file" ] || failed "no $file"; done
"$shoal" cluster f.npy --method scp --view "$name" --clusters 3 --heads 1 --epochs 1 --no-report --out view >/dev/null
[ -s view/model.shoal ] && [ -s view/run.json ] || failed "a view that is not UTF-8 left half a run"
[ ! -e ran ] || failed "a name was run as a command"
harmless() {
  ! grep -qE "<script>|ran</|<[^>]*[[:space:]\"'/]on[a-z]+[[:space:]]*=" "$1" || failed "$1 holds markup from outside"
  ! LC_ALL=C grep -qP '\x1b|\xe9' "$1" || failed "$1 holds what is no text"
}
harmless "$name.d/report.html"
! LC_ALL=C grep -qP '\x1b|\xe9' said.txt || failed "the terminal gets what a name holds"
refuses 1 "can't be opened" cluster $'none\e[31m\xe9.npy' --clusters 3 --out x
! LC_ALL=C grep -qP '\x1b|\xe9' errors || failed "an error shows what a name holds"

# A record that lies: nothing of it is run, and none of it is markup.
sed -i 's/"loss_unit": "iteration"/"loss_unit": "x'"'"'; system \\"touch ran\\" #<script>alert(1)<\/script>"/
        s/"method": "k-means"/"method": "<script>alert(1)<\/script>"/' "$name.d/run.json"
"$shoal" report "$name.d" f.npy >/dev/null
[ ! -e ran ] || failed "a record was run as a command"
harmless "$name.d/report.html"
deep=$(head -c 100000 /dev/zero | tr '\0' '[')
for lie in '{' '[]' "{\"settings\": $deep" '{"clusters": 18446744073709551615}' '{"clusters": 1}' '{"losses": [null]}' '{"losses": "x"}' '{"losses": [1, "x"]}' '{"clusters": -1}' '{"clusters": 99999999999}' '{"method": 3}'; do
  echo "$lie" > "$name.d/run.json"
  status=0
  "$shoal" report "$name.d" f.npy >/dev/null 2>errors || status=$?
  [ $status -eq 1 ] && grep -q 'run.json' errors || failed "run.json of $lie: status $status, said $(cat errors)"
done

# Arrays of the folder that are not those of the record.
echo '{"clusters": 3}' > "$name.d/run.json"
"$shoal" report "$name.d" f.npy >/dev/null
echo '{"clusters": 2}' > "$name.d/run.json"
refuses 1 "must be in [0, 2), the clusters of run.json" report "$name.d" f.npy
cp f.npy "$name.d/labels.npy"
refuses 1 "2-dimensional" report "$name.d" f.npy

# Class names reach the page and tables as text.
for class in $(seq 0 23); do printf '%s\t<script>alert(1)</script> "quoted"\x1b[31m\n' "$class"; done > names.tsv
"$shoal" cluster f.npy --clusters 3 --truth y.npy --class-names names.tsv --out named >/dev/null
harmless named/report.html
printf 'r\t\t=cmd|calc\x1b[31m\na\tr\tone\xe9\n=2+5\tr\t<b>\n' > latin.tsv
refuses 1 "latin.tsv:2: byte 233 is not text" hierarchy path latin.tsv a
LC_ALL=C tr -d '\351' < latin.tsv > h.tsv
"$shoal" hierarchy lemmas h.tsv --out lemmas.tsv >/dev/null
[ "$(wc -l < lemmas.tsv)" -eq 3 ] && ! LC_ALL=C grep -qP '\x1b|\xe9|\t=' lemmas.tsv || failed "a table holds $(cat lemmas.tsv)"
"$shoal" hierarchy lemmas h.tsv --classes lemmas.tsv --out again.tsv >/dev/null
cmp lemmas.tsv again.tsv  # what keeps an id from being a formula is no part of it
printf 'r\t\n\x1b[31m\tr\n' > control.tsv
refuses 1 "control.tsv:2: the id \x1b[31m holds a control character" hierarchy path control.tsv r
"$shoal" hierarchy path h.tsv a > said.txt
! LC_ALL=C grep -qP '\x1b|\xe9' said.txt || failed "hierarchy path shows what a name holds"

# The nearest name is offered for a wrong one.
refuses 2 "did you mean cluster? (see shoal --help)" clutser
refuses 2 "did you mean --clusters? (see shoal cluster --help)" cluster f.npy --cluster 3 --out x
refuses 2 "did you mean coarse? (see shoal benchmark --help)" benchmark corse
