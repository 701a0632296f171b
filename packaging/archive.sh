#!/usr/bin/env bash
# archive.sh OUT_DIR: the source archive of the version that include/shoal/version.hpp names, from what is committed:
# OUT_DIR/shoal-VERSION.tar.gz with its .sha256. The same commit gives the same bytes.
set -euo pipefail
out=$(realpath "$1")
cd "$(dirname "$0")/.."
version=$(sed -n 's/.*SHOAL_VERSION_STRING "\(.*\)"/\1/p' include/shoal/version.hpp)
name=shoal-$version
git archive --format=tar --prefix="$name/" HEAD | gzip -9n > "$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
