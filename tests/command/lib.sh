# Sourced by the tests of the command, each called as: SCRIPT SHOAL DATA. Makes a scratch folder and goes there;
# shoal and data are set.
set -euo pipefail
shoal=$1 data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failed() { echo "$(basename "$0"): $1"; exit 1; }

# refuses STATUS TEXT ARGUMENTS…: the exit status, and one line on stderr that holds TEXT.
refuses() {
  local expected=$1 text=$2 status=0
  shift 2
  "$shoal" "$@" 2>errors >/dev/null || status=$?
  [ $status -eq "$expected" ] || failed "$*: exit status $status instead of $expected; said $(cat errors)"
  [ "$(wc -l < errors)" -eq 1 ] && grep -qF -- "$text" errors || failed "$*: said $(cat errors), not $text"
}

# part FIRST N FROM TO: rows FIRST to FIRST + N of an array of the example data; first N FROM TO: the first N.
part() {
  local start=$1 rows=$2 shape bytes
  shape=$(head -c 128 "$3" | tr -d '\0' | LC_ALL=C sed -n "s/.*'shape': (\([0-9]*\),.*/\1/p")
  bytes=$(($(($(stat -c %s "$3") - 128)) / shape))
  head -c 128 "$3" | LC_ALL=C sed "s/'shape': ($shape,\(.*\)/'shape': ($rows,\1/" | tr -d '\n' > head
  # The header keeps its length of 128: what the shorter number leaves is filled with spaces.
  { cat head; head -c $((127 - $(stat -c %s head))) /dev/zero | tr '\0' ' '; echo; } > "$4"
  head -c $((128 + (start + rows) * bytes)) "$3" | tail -c +$((129 + start * bytes)) >> "$4"
}
first() { part 0 "$@"; }

# unlabelled N FROM TO: an int32 array whose first N entries become -1.
unlabelled() {
  { head -c 128 "$2"; head -c $((4 * $1)) /dev/zero | tr '\0' '\377'; tail -c +$((129 + 4 * $1)) "$2"; } > "$3"
}

# integers FILE: an int32 array of the whole numbers in a file, to stdout.
integers() {
  printf "\x93NUMPY\x01\x00\x76\x00%-117s\n" "{'descr': '<i4', 'fortran_order': False, 'shape': ($(wc -w < "$1"),), }"
  # shellcheck disable=SC2013
  for x in $(cat "$1"); do printf "%b" "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((x & 255)) $((x >> 8 & 255)) $((x >> 16 & 255)) $((x >> 24 & 255)))"; done
}
