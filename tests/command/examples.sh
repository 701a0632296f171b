#!/usr/bin/env bash
# examples.sh SHOAL DATA: each example of --help that names only shipped files, or what an example before it wrote,
# runs as it stands and says what it wrote.
. "$(dirname "$0")/lib.sh"
mkdir examples
ln -s "$data" examples/data
ran=0
for verb in cluster predict neighbors refine evaluate compare suggest report "hierarchy path" "hierarchy cut" zero-shot relabel benchmark; do
  # shellcheck disable=SC2086
  "$shoal" $verb --help | sed -n '/^Examples:/,$ s/^ *shoal //p' > lines
  runs=0
  while read -r line; do
    read -ra words <<< "$line"
    inputs=true skip=
    for word in "${words[@]}"; do
      if [ -z "$skip" ] && [[ $word == *.* && $word != -* ]] && [ ! -e "$word" ]; then inputs=false; fi
      skip=
      case $word in --out | --distances | --report) skip=yes ;; esac
    done
    $inputs || continue
    # The trainings' own results are the quick start's; here they end soon.
    case $line in *"--method scp"*) words+=(--batch 2048) ;; esac
    line=${words[*]}
    line=${line/--heads 4/--heads 1}
    line=${line/--epochs 30/--epochs 1}
    case $line in *"--method temi"*) line+=" --epochs 1" ;; esac
    read -ra words <<< "$line"
    "$shoal" "${words[@]}" > said 2> errors || failed "$line: $(cat errors)"
    case $line in
      *--json* | *"hierarchy path"* | *" verify "*) ;;
      *--out* | *--report*) grep -q '^Wrote ' said || failed "$line does not say what it wrote: $(cat said)" ;;
    esac
    runs=$((runs + 1))
  done < lines
  [ $runs -gt 0 ] || failed "no example of $verb can be run"
  ran=$((ran + runs))
done
[ $ran -ge 21 ] || failed "only $ran examples were run"
