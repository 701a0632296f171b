#!/usr/bin/env bash
# docs.sh DOXYGEN DOXYFILE: the reference, and an error for each warning of Doxygen's but one kind: a member of a class
# that has a comment may go without its own, since the house's rule is one comment for what belongs together (the
# concept's for rows() and cols() of each source of rows, Heads' for its fields in HeadSettings), and Doxygen asks
# for one a member.
set -euo pipefail
said=$("$1" "$2" 2>&1)
left=$(grep -E 'warning:|error:' <<< "$said" | grep -vE ': Member .* of (class|struct) .* is not documented' || true)
[[ -z $left ]] || { echo "$left"; exit 1; }
