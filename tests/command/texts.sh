#!/usr/bin/env bash
# texts.sh SHOAL DATA [--update]: what the command says, word for word as in texts/: the help of each verb, the plan,
# progress and success of runs, and errors. With --update the files are written anew; read what changed before it is
# committed.
texts=$(cd "$(dirname "$0")/texts" && pwd)
update=${3:-}
. "$(dirname "$0")/lib.sh"
mkdir examples
ln -s "$data" examples/data

# as NAME: standard input is what texts/NAME holds. Times and memory depend on the machine.
as() {
  sed -E 's/(under a second|about [0-9]+ (s|min|h))/TIME/g; s/[0-9.]+ (s|min|h)([,.)]|$)/TIME\2/g
          s/[0-9.]+ (GiB|bytes) of memory/MEMORY/; s/ *$//' > now
  if [ "$update" = --update ]; then cp now "$texts/$1"; return; fi
  diff "$texts/$1" now || failed "$1 is not what it was; texts.sh SHOAL DATA --update writes it anew"
}

# The help of each verb and of each of its verbs.
helps() {  # VERB…
  "$shoal" "$@" --help | as "help$(printf '_%s' "$@").txt"
  "$shoal" "$@" --help | sed -n '/^Subcommands:/,/^$/ s/^  \([a-z-]*\) .*/\1/p' > "verbs$#"
  local verb
  while read -r verb; do helps "$@" "$verb"; done < "verbs$#"
}
"$shoal" --help | as help.txt
for verb in $("$shoal" --help | sed -n '/^Subcommands:/,/^$/ s/^  \([a-z-]*\) .*/\1/p'); do helps "$verb"; done

# What runs say: the plan, then what came out and what was written.
{
  run() {
    echo "\$ shoal $*"
    "$shoal" "$@" 2>&1 | sed '/ (after [0-9.]* \(s\|min\|h\))$/d'  # lines of progress, where it takes long
  }
  shape() { sed -E '/^\$/! s/[0-9.]*[0-9]/N/g'; }  # scores depend on the processor
  x=examples/data
  run cluster $x/features.npy --clusters 24 --iterations 3 --truth $x/labels.npy --out run
  run cluster $x/features.npy --clusters 24 --mini-batch 500 --no-report --memory 2 --out batches
  run cluster $x/features.npy --clusters 24 --hierarchical --no-report --out levels
  run cluster $x/features.npy --method scp --view $x/view_gloss.npy --clusters 24 --heads 1 --epochs 1 --no-report --out scp
  run cluster $x/features.npy --method temi --clusters 24 --heads 1 --epochs 1 --neighbor-count 5 --no-report --out temi
  run cluster $x/features.npy --method auto --clusters 24 --no-report --out auto
  run cluster $x/view_lemma.npy --method auto --view $x/view_gloss.npy --clusters 24 --no-report --out views
  run cluster $x/features.npy --method turtle --clusters 24 --steps 2 --no-report --out turtle
  run predict run/model.shoal $x/features.npy --out predicted
  run predict auto/model.shoal $x/features.npy --by centroids --no-map --out by_centroids
  run neighbors $x/features.npy --count 5 --out nn.npy
  run cluster $x/features.npy --method pmi-graph --neighbors nn.npy --sweeps 2 --clusters 24 --no-report --out graph
  run cluster $x/features.npy --method leiden --neighbors nn.npy --resolution 1 --no-report --out leiden
  run refine run/labels.npy nn.npy --sweeps 2 --out moved.npy | shape
  run compare run auto moved.npy --features $x/features.npy --view $x/view_lemma.npy --view $x/view_gloss.npy --out compared.html | shape
  run suggest $x/features.npy --most 60 --sample 1000 --out hints.html | shape
  run neighbors $x/features.npy --count 5 --similarity euclidean --queries $x/class_texts.npy --distances d.npy --out nn.npy
  run report run $x/features.npy
  run evaluate run/labels.npy $x/labels.npy --report page.html
  run zero-shot $x/features.npy $x/class_texts.npy --labels $x/labels.npy --out zero
  run relabel $x/features.npy $x/labels.npy $x/class_texts.npy --hierarchy $x/hierarchy.tsv --classes $x/classes.tsv --out refined
  run hierarchy cut $x/hierarchy.tsv --labels $x/labels.npy --classes $x/classes.tsv --depth 3 --out cut
  run hierarchy lemmas $x/hierarchy.tsv --classes $x/classes.tsv --out lemmas.tsv
  run benchmark frequency $x/labels.npy --s 25 --out base
  run benchmark verify base/manifest.json --sources $x
} | sed -E 's/[0-9a-f]{64}/SHA-256/' | as runs.txt

# Errors, one line each, that name what to change.
first 100 "$data/labels.npy" few.npy
"$shoal" neighbors "$data/features.npy" --queries "$data/class_texts.npy" --count 5 --out nearest.npy > /dev/null
{
  says() {
    local status=0
    echo "\$ shoal $*"
    "$shoal" "$@" 2>&1 > /dev/null | sed '/ (after [0-9.]* \(s\|min\|h\))$/d' || status=$?
    echo "[$status]"
  }
  x=examples/data
  says sing
  says clutser
  says cluster $x/features.npy --cluster 24 --out out
  says cluster $x/features.npy --clusters 24
  says cluster $x/features.npy --clusters 0 --out out
  says cluster $x/features.npy --clusters 5000 --out out
  says cluster none.npy --clusters 24 --out out
  says cluster $x/samples.tsv --clusters 24 --out out
  says cluster $x/features.npy --clusters 24 --truth $x/class_texts.npy --out out
  says cluster $x/features.npy --clusters 24 --samples $x/classes.tsv --out out
  says cluster $x/features.npy --clusters 24 --method tmei --out out
  says cluster $x/features.npy --clusters 24 --beta 0.5 --out out
  says cluster $x/features.npy --clusters 24 --mini-batch 100 --min-size 5 --out out
  says cluster $x/features.npy --clusters 24 --memory 0.0001 --out out
  says cluster $x/features.npy --clusters 24 --out predicted
  says neighbors $x/features.npy --queries $x/class_texts.npy --index ivf --out nn.npy
  says neighbors $x/features.npy --count 4000 --out nn.npy
  says neighbors $x/features.npy --queries $x/ids.npy --out nn.npy
  says predict run/model.shoal $x/ids.npy --out other
  says benchmark corse
  says predict run/model.shoal $x/features.npy --by centroids --out other
  says refine run/labels.npy $x/features.npy --out moved.npy
  says compare run $x/class_texts.npy --features $x/features.npy
  says compare run --features $x/features.npy --out run/labels.npy
  says suggest $x/features.npy --most 1
  says suggets $x/features.npy
  says hierarchy
  says evaluate $x/labels.npy $x/ids.npy --samples $x/samples.tsv
  # What the library finds is said in the words of the command: the option and its file, and not the function.
  head -c 128 $x/features.npy > zero.npy
  head -c $((3930 * 384 * 2)) /dev/zero >> zero.npy
  says cluster zero.npy --clusters 24 --out out
  says cluster zero.npy --method auto --clusters 24 --out out
  says cluster $x/features.npy --method auto --view zero.npy --clusters 24 --out out
  says cluster $x/features.npy --method scp --view $x/class_texts.npy --clusters 24 --out out
  says cluster $x/features.npy --method temi --neighbors nearest.npy --clusters 24 --out out
  says cluster $x/features.npy --method temi --true-pairs few.npy --clusters 24 --out out
  says neighbors $x/features.npy --index ivf --lists 100000 --out nn.npy
  says predict run/model.shoal zero.npy --out other
  says evaluate few.npy $x/labels.npy
  says report examples $x/features.npy
  # The same while options are read, before any file is known.
  mkdir empty shards
  cp few.npy shards
  says cluster empty --clusters 24 --out out
  says cluster 'none/part-*.npy' --clusters 24 --out out
  says cluster none.npy+ --clusters 24 --out out
  says cluster $x/features.npy --clusters 24 --truth empty --out out
  says cluster $x/features.npy --clusters 24 --view empty --method auto --out out
  says cluster shards --clusters 24 --out shards
  says neighbors $x/features.npy --distances nn.npy --out nn.npy
  # Folders and files of another kind, and texts that don't fit.
  says predict run $x/features.npy --out other
  says evaluate run $x/labels.npy
  says refine run nn.npy --out moved.npy
  says hierarchy path $x/hierarchy.tsv unicorn
  head -n 20 $x/classes.tsv > twenty.tsv
  says hierarchy cut $x/hierarchy.tsv --labels $x/labels.npy --classes twenty.tsv --depth 3 --out cut
  says relabel $x/features.npy $x/labels.npy $x/class_texts.npy --hierarchy $x/hierarchy.tsv --out refined
  says zero-shot $x/features.npy shards/few.npy --out zero
  # What the parser of the command line finds.
  says
  says help
  says cluster $x/features.npy $x/view_lemma.npy $x/view_gloss.npy --clusters 24 --out out
  says cluster $x/features.npy $x/labels.npy --clusters 24 --out out
  says cluster $x/features.npy --clusters 24 --clusters 25 --out out
  says cluster $x/features.npy --standardize=3 --clusters 24 --out out
  says cluster $x/features.npy -k 24 --out out
  says cluster $x/features.npy --clusters
  says cluster $x/features.npy --method leiden --out out
  says cluster $x/features.npy --out out
} | as errors.txt

# A log has a line of progress every few seconds: phase, how far, the time left; from the first epoch on, how training goes.
"$shoal" cluster $data/features.npy --method scp --view $data/view_gloss.npy --clusters 24 --epochs 100000 --no-report \
  --out long > /dev/null 2> log &
job=$!
line='^heads: [1-9].* left.* head agreement'
for _ in $(seq 240); do grep -q "$line" log && break; sleep 0.5; done
kill -TERM $job  # a job of a script ignores SIGINT
wait $job || true
grep -m1 "$line" log | sed -E 's/[0-9]+ of ([0-9]+) steps/N of \1 steps/; s/[0-9.]+ (a second|s each)/RATE/; s/[0-9.]+ (s|min|h) of [0-9.]+ (s|min|h) left/TIME of TIME left/
  s/objective -?[0-9.]+/objective X/; s/occupied [0-9]+/occupied N/; s/(entropy|agreement) [0-9]+ %/\1 N %/g' | as log.txt
