#!/usr/bin/env bash
# archive.sh OUT_DIR: the source archive of the version that include/shoal/version.hpp names: OUT_DIR/shoal-VERSION.tar.gz
# with its .sha256. In a clone it is made of what is committed, and the same commit gives the same bytes; in an unpacked
# archive, of all files but build/.
set -euo pipefail
out=$(realpath "$1")
cd "$(dirname "$0")/.."
version=$(sed -n 's/.*SHOAL_VERSION_STRING "\(.*\)"/\1/p' include/shoal/version.hpp)
name=shoal-$version
if [ -e .git ]; then
  git archive --format=tar --prefix="$name/" HEAD
else
  tar --sort=name --owner=0 --group=0 --numeric-owner --exclude=./build --transform="s,^\.,$name," -cf - .
fi | gzip -9n > "$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
