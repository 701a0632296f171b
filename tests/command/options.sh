#!/usr/bin/env bash
# options.sh SHOAL DATA: walks all verbs and their options, as --help lists them. No number outside its range is
# accepted, no empty text, and no option is ignored. Inputs are missing files, so that nothing is computed: a
# command line that is taken fails on them (status 1), one that is refused has status 2.
. "$(dirname "$0")/lib.sh"

# Each verb with all that it requires.
verbs=(
  "cluster missing --clusters 3 --out out"
  "predict missing missing --out out"
  "neighbors missing --out out.npy"
  "evaluate missing missing"
  "refine missing missing --out out.npy"
  "compare missing --features missing"
  "suggest missing"
  "pairs missing missing"
  "probe missing missing --out out"
  "report . missing"
  "hierarchy info missing"
  "hierarchy path missing a"
  "hierarchy lemmas missing --out out.tsv"
  "hierarchy cut missing --labels missing --leaves --out out"
  "benchmark odd missing --out out"
  "benchmark long-tail missing --ratio 5 --out out"
  "benchmark frequency missing --s 5 --out out"
  "benchmark imbalanced missing --out out"
  "benchmark centered missing --out out"
  "benchmark coarse missing --depth 1 --hierarchy missing --out out"
  "benchmark support missing --minimum 5 --hierarchy missing --out out"
  "benchmark balanced missing --count 5 --hierarchy missing --out out"
  "benchmark leaves missing --hierarchy missing --out out"
  "benchmark class-leaves missing --hierarchy missing --out out"
  "benchmark relabeled missing --refined missing --out out"
  "benchmark easy missing --count 5 --accuracy missing --out out"
  "benchmark union missing --list missing --out out"
  "benchmark random missing --count 5 --out out"
  "benchmark verify missing"
  "zero-shot missing missing --out out"
  "relabel missing missing missing --hierarchy missing --out out"
)
# What an option needs beside it before it has a meaning, and which method has it.
beside() {
  case "$1 $2" in
    "evaluate --device") echo "--features missing" ;;
    "evaluate --device-precision") echo "--features missing --device cuda" ;;
    *" --device-precision" | "cluster --refine") echo "--device cuda" ;;
    "evaluate --bins") echo "--confidence missing" ;;
    "evaluate --draws") echo "--top5 missing --multi-label missing" ;;
    "evaluate --many" | "evaluate --few") echo "--train-truth missing" ;;
    "evaluate --rows" | "evaluate --no-map") echo "--features missing" ;;
    "pairs --model") echo "--features missing" ;;
    "pairs --features") echo "--model missing" ;;
    "pairs --rows" | "pairs --no-map" | "pairs --sample" | "pairs --seed") echo "--model missing --features missing" ;;
    "probe --validation-rows") echo "--validation-features missing --validation-labels missing" ;;
    "evaluate --distance" | "evaluate --silhouette" | "evaluate --neighbors") echo "--features missing" ;;
    "evaluate --seed") echo "--bootstrap 10" ;;
    "evaluate --multi-label" | "evaluate --hierarchy") echo "--top5 missing" ;;
    "evaluate --classes" | "evaluate --format" | "evaluate --primary" | "evaluate --forest")
      echo "--top5 missing --hierarchy missing" ;;
    "neighbors --lists" | "neighbors --probes" | "neighbors --seed" | "neighbors --recall-rows")
      echo "--index ivf" ;;
    "probe --validation-features") echo "--validation-labels missing" ;;
    "probe --validation-labels") echo "--validation-features missing" ;;
    "hierarchy --above") echo "--support 5" ;;
    "zero-shot --text-ids") echo "--hierarchy missing" ;;
    "zero-shot --lemmas" | "zero-shot --calibrate") echo "--labels missing" ;;
    "zero-shot --hierarchy") echo "--text-ids missing" ;;
    "zero-shot --classes" | "zero-shot --format" | "zero-shot --primary" | "zero-shot --forest")
      echo "--hierarchy missing --text-ids missing" ;;
    "refine --resolution") echo "--objective modularity" ;;
    "cluster --resolution") echo "--method leiden" ;;
    "cluster --steps") echo "--method turtle" ;;
    "cluster --graph-start" | "cluster --sweeps") echo "--method pmi-graph" ;;
    "cluster --marginal-momentum") echo "--method temi" ;;
    "cluster --consistency" | "cluster --confidence") echo "--method scp" ;;
    "cluster --true-share") echo "--method scan --true-pairs missing" ;;
    "cluster --true-pairs" | "cluster --class-pairs" | "cluster --preset" | "cluster --final-rate" | "cluster --warmup" | \
      "cluster --hidden" | "cluster --bottleneck" | "cluster --teacher-momentum") echo "--method scan" ;;
    "cluster --beta") echo "--method temi" ;;
    "cluster --alpha") echo "--method scan" ;;
    "cluster --view" | "cluster --neighbors" | "cluster --neighbor-count" | "cluster --heads" | \
      "cluster --epochs" | "cluster --batch" | "cluster --lr" | "cluster --precision" | "cluster --resume" | \
      "cluster --small-data") echo "--method scan" ;;
  esac
}
# without OPTION LINE: the verb's line where the walk gives the option, or another of the few that exclude it.
without() {
  local line=$2
  case "$line $1" in
    "hierarchy cut"*--depth | "hierarchy cut"*--support | "hierarchy cut"*--count | "hierarchy cut"*--list)
      line=${line/ --leaves/} ;;
    "cluster "*--resolution) line=${line/ --clusters 3/} ;;
    "hierarchy cut"*--ids) line=${line/ --labels missing/} ;;
  esac
  sed -E "s/ $1 [^ ]+//; s/ $1( |$)/ /" <<< "$line"
}

# status ARGUMENTS…: the exit status; `said` is what was said. Anything but 1 and 2 is wrong here. By builtins alone: there
# are some thousand command lines.
status() {
  local status=0
  "$shoal" "$@" >/dev/null 2>errors || status=$?
  mapfile lines < errors
  said=${lines[*]}
  [ $status -eq 1 ] || [ $status -eq 2 ] || failed "$*: exit status $status; said $said"
  [[ ${#lines[@]} -eq 1 && $said == *$'\n' ]] || failed "$*: said $said"
  return $status
}
is_taken() { status "$@" || [ $? -eq 1 ] || failed "$*: refused: $said"; }
is_refused() {  # is_refused TEXT ARGUMENTS…
  local text=$1
  shift
  status "$@" || [ $? -eq 2 ] || failed "$*: taken; said $said"
  [[ $said == *"$text"* ]] || failed "$*: said $said, not $text"
}

# inside VALUE RANGE: whether the range of the help, "1 to 5" or "above 0, up to 5", has the value.
inside() {
  case $1 in '' | nan | inf) return 1 ;; esac
  LC_ALL=C awk -v value="$1" -v range="$2" 'BEGIN {
    open = range ~ /^above/; gsub(/above |,/, "", range); sub(/ up to | to /, " ", range); split(range, bound, " ")
    exit !(open ? value + 0 > bound[1] + 0 : value + 0 >= bound[1] + 0) || value + 0 > bound[2] + 0 }'
}

numbers=0 texts=0 partners=0 twice=0
for line in "${verbs[@]}"; do
  read -ra words <<< "$line"
  verb=(${words[0]})
  case ${words[0]} in hierarchy | benchmark) verb+=("${words[1]}") ;; esac
  is_taken "${words[@]}"
  # Options of the help, one a line: name, type, meaning.
  "$shoal" "${verb[@]}" --help | sed -n '/^Examples:/,$d; s/^  \(--[a-z0-9-]*\) */\1 /p' > options
  while read -r name type rest; do
    read -ra base <<< "$(without "$name" "$line")"
    read -ra partner <<< "$(beside "${words[0]}" "$name")"
    range=$(sed -nE 's/.*\((above [^ ]+, up to [^ ;)]+|[^ (]+ to [^ ;)]+)(; default [^()]*)?\)$/\1/p' <<< "$rest")
    case $type in
      INT | NUM)
        [ -n "$range" ] || failed "${verb[*]}: the help states no range of $name: $rest"
        for value in -1 0 nan inf -inf 1e308 99999999999999999999999 "" " 1" 1x 0x1; do
          # What stands in the help's range is taken, all else is refused.
          if [[ $value =~ ^-?[0-9.e]+$ ]] && inside "$value" "$range" &&
            ! { [ "$type" = INT ] && [[ $value =~ [.e] ]]; }; then
            is_taken "${base[@]}" "${partner[@]}" "$name" "$value"
          else
            is_refused "$name ($value) must be a" "${base[@]}" "${partner[@]}" "$name" "$value"
            [[ $said == *"$range"* ]] || failed "$name: the error states another range than $range: $said"
          fi
        done
        numbers=$((numbers + 1)) value=$(sed -E 's/above ([^,]+), up to (.*)/\2/; s/ to .*//' <<< "$range") ;;
      FILE | DIR)
        is_refused "$name is empty" "${base[@]}" "${partner[@]}" "$name" ""
        texts=$((texts + 1)) value=missing ;;
      NAME)
        is_refused "$name () must be" "${base[@]}" "${partner[@]}" "$name" ""
        is_refused "$name (nonsense) must be" "${base[@]}" "${partner[@]}" "$name" nonsense
        texts=$((texts + 1)) value= ;;
      LIST) value=8 ;;
      *) value= ;;
    esac
    # One that is given twice is refused, and no half of it ignored; two files are one --multi-label.
    if [[ $type =~ ^(INT|NUM|FILE|DIR|NAME|LIST)$ && $rest != ...* && $name != --multi-label ]]; then
      is_refused "$name takes at most 1 value and not 2" "${base[@]}" "${partner[@]}" "$name" "${value:-x}" "$name" "${value:-x}"
      twice=$((twice + 1))
    fi
    [ ${#partner[@]} -gt 0 ] || continue
    [ -n "$value" ] || case $type in NAME) value=$(sed -E 's/.*[(; ]([a-z0-9-]+) or [a-z0-9-]+[;)].*/\1/' <<< "$rest") ;; esac
    is_refused "$name" "${base[@]}" "$name" ${value:+"$value"}
    [[ $said == *"has no meaning"* || $said == *needs* ]] || failed "${verb[*]} $name alone: said $said"
    partners=$((partners + 1))
  done < options
done
[ $numbers -ge 60 ] && [ $texts -ge 90 ] && [ $partners -ge 30 ] && [ $twice -ge 200 ] ||
  failed "the help was not understood: $numbers numbers, $texts texts, $partners partners, $twice once only"

# A method refuses the options of others, and says whose they are.
cluster=(cluster missing --clusters 3 --out out)
for option in "--heads 2" "--epochs 2" "--batch 9" "--lr 1" "--beta 0.5" "--alpha 1" "--precision float32" \
  --small-data --resume "--view missing" "--neighbors missing" "--neighbor-count 3"; do
  read -ra given <<< "$option"
  is_refused "has no meaning for kmeans; " "${cluster[@]}" "${given[@]}"
done
for option in "--geometry cosine" "--init random" "--iterations 2" "--restarts 2" "--tolerance 0" "--weights missing" "--start missing" "--min-size 1" "--max-size 9" --hierarchical; do
  read -ra given <<< "$option"
  for method in pmi wpmi temi scan scp; do
    is_refused "has no meaning for $method; kmeans has it" "${cluster[@]}" --method $method "${given[@]}"
  done
  is_taken "${cluster[@]}" "${given[@]}"
done
is_refused "--beta (0.5) has no meaning for scan; pmi, wpmi" "${cluster[@]}" --method scan --beta 0.5
is_refused "--alpha (1) has no meaning for temi; scan" "${cluster[@]}" --method temi --alpha 1
is_refused "--small-data has no meaning for scp" "${cluster[@]}" --method scp --small-data
is_refused "--neighbor-count" "${cluster[@]}" --method temi --neighbors missing --neighbor-count 5
is_refused "--neighbor" "${cluster[@]}" --method temi --view missing --neighbor-count 5
is_refused "--clusters or --resolution is required" cluster missing --method leiden --out out
is_refused "--resolution has no meaning beside --clusters" "${cluster[@]}" --method leiden --resolution 2
is_refused "--resolution (2) has no meaning for auto; leiden has it" cluster missing --method auto --resolution 2 --out out
is_refused "--neighbor" "${cluster[@]}" --method auto --neighbors missing
is_taken "${cluster[@]}" --method scp --view missing --view missing
for method in pmi-graph leiden; do
  is_taken "${cluster[@]}" --method $method --view missing --view missing --neighbor-count 5
  is_refused "--neighbor" "${cluster[@]}" --method $method --neighbors missing --neighbor-count 5
done
is_refused "--no-report" "${cluster[@]}" --no-report --truth missing
is_refused "exactly one of --depth" hierarchy cut missing --labels missing --leaves --depth 1 --out out
is_refused "exactly one of --labels" hierarchy cut missing --leaves --out out

# A build without CUDA says so, of each verb that computes; --device-precision and --refine are of a GPU.
x=$data/features.npy y=$data/labels.npy
if "$shoal" suggest "$x" --device cuda 2>&1 | grep -q "this build has no CUDA"; then
  for line in "cluster $x --clusters 3 --out out" "neighbors $x --count 3 --out out.npy" "suggest $x" \
    "evaluate $y $y --features $x" "compare $y $y --features $x" "probe $x $y --out out" \
    "zero-shot $x $data/class_texts.npy --out out" \
    "relabel $x $y $data/class_texts.npy --hierarchy $data/hierarchy.tsv --classes $data/classes.tsv --out out"; do
    read -ra words <<< "$line"
    refuses 1 "${words[0]}: --device cuda: this build has no CUDA" "${words[@]}" --device cuda
  done
fi
is_refused "--device-precision" suggest missing --device-precision bfloat16
is_refused "--refine" "${cluster[@]}" --refine
is_refused "--refine" "${cluster[@]}" --method temi --device cuda --refine
