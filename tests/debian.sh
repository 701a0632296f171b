#!/usr/bin/env bash
# debian.sh SOURCE [binary]: the Debian source package, made of the source archive and packaging/debian, and what lintian
# says of it; with `binary` the packages are built and looked at too, which takes as long as building the command.
# Exits with 77, skipped, where dpkg-source, debhelper or lintian are not installed.
set -euo pipefail
source=$(realpath "$1") what=${2:-source}
for tool in dpkg-source dh lintian; do command -v $tool > /dev/null || { echo "skipped: there is no $tool"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive=$(bash "$source/packaging/archive.sh" "$work")
name=$(basename "$archive" .tar.gz)
mv "$archive" "$work/${name/-/_}.orig.tar.gz"
tar -xzf "$work/${name/-/_}.orig.tar.gz" -C "$work"
cp -r "$work/$name/packaging/debian" "$work/$name/debian"
cd "$work"
if [ "$what" = binary ]; then
  (cd "$name" && dpkg-buildpackage -us -uc)
else
  dpkg-source -b "$name"
fi
lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs,no-nmu-in-changelog,source-nmu-has-incorrect-version-number \
  ./*.dsc $([ "$what" = binary ] && ls ./*.deb)
