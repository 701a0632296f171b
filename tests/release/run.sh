#!/usr/bin/env bash
# run.sh SHOAL PROTOCOL PAGE CLASSES: a made-up copy of ImageNet-21K-P's release with so many classes, and every command of
# docs/imagenet21k.md on it. With 10450 classes it takes minutes: to be run so before a release.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/make.py" "$work/release" "$4"
python3 "$here/commands.py" "$1" "$2" "$3" "$work/release"
