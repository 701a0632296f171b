#!/usr/bin/env bash
# docs.sh DOXYGEN DOXYFILE [SHOAL DATA GALLERY]: the guides and the reference, and an error for each warning of Doxygen's but
# one kind: a member of a class that has a comment may go without its own, since the house's rule is one comment for what
# belongs together (the concept's for rows() and cols() of each source of rows, Heads' for its fields in HeadSettings), and
# Doxygen asks for one a member. With the command, the reports of docs/gallery.md, in the folder GALLERY.
set -euo pipefail
said=$("$1" "$2" 2>&1)
left=$(grep -E 'warning:|error:' <<< "$said" | grep -vE ': Member .* of (class|struct) .* is not documented' || true)
[[ -z $left ]] || { echo "$left"; exit 1; }
pages=$(dirname "$2")/docs/html

# Doxygen 1.9.4 leaves links that lead nowhere: to the nested classes of a class that has private ones only, and from code
# to functions in files that have no page.
shopt -s nullglob
without=$(grep -l 'href="#nested-classes"' "$pages"/class*.html "$pages"/struct*.html | xargs -r -d '\n' grep -L 'name="nested-classes"' || true)
[[ -z $without ]] || xargs -d '\n' sed -i 's|<a href="#nested-classes">Classes</a> &#124;||' <<< "$without"
for page in $(grep -hoE 'class="code[^"]*" href="[^"#]+' "$pages"/md_*.html | sed 's/.*href="//' | sort -u); do
  [[ -e $pages/$page ]] || sed -i -E "s|<a [^>]*href=\"${page//./\\.}[^>]*>([^<]*)</a>|\1|g" "$pages"/md_*.html
done

mkdir -p "$pages/study"
cp "$(dirname "$0")"/../docs/study/*.svg "$pages/study"  # pictures of docs/study.md, whose folder Doxygen does not keep
[[ $# -gt 2 ]] || exit 0

shoal=$3 data=$4 gallery=$5
rm -rf "$gallery"
mkdir -p "$gallery"
report() {  # NAME OPTIONS…: clusters the example's data
  "$shoal" cluster "$data/features.npy" --clusters 24 --truth "$data/labels.npy" --samples "$data/samples.tsv" \
    --class-names "$data/classes.tsv" --out "$gallery/$1" "${@:2}" > /dev/null 2>&1
}
report kmeans --method kmeans
report views --method auto --view "$data/view_lemma.npy" --view "$data/view_gloss.npy"
report temi --method temi --heads 1 --epochs 10 --small-data
for name in kmeans views temi; do
  [[ -s $gallery/$name/report.html ]] || { echo "there is no report of $name"; exit 1; }
done
