#!/usr/bin/env bash
# run.sh HEADERS COMPILED DATA: the program by headers alone and that with shoal::compiled print the same bits.
set -euo pipefail
by_headers=$("$1" "$3")
compiled=$("$2" "$3")
[[ -n $by_headers ]]
diff <(echo "$by_headers") <(echo "$compiled") && echo "$by_headers"
