#!/usr/bin/env bash
# python.sh SOURCE: `pip install examples/python` into a clean environment, the module's tests (scikit-learn's own checks
# of estimators among them), and the example. Exits with 77, skipped, where there is no Python or pip reaches no packages.
set -euo pipefail
source=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" || { echo "skipped: there is no Python with venv"; exit 77; }
pip=("$work/venv/bin/python" -m pip --disable-pip-version-check -q)
"${pip[@]}" install scikit-build-core nanobind pytest scikit-learn ml_dtypes matplotlib ||
  { echo "skipped: pip reaches no packages"; exit 77; }
for part in examples include src cmake docs LICENSE CMakeLists.txt; do cp -r "$source/$part" "$work/"; done  # pip builds there
rm -rf "$work/examples/python/build" "$work"/examples/python/module/shoal/*.so
"${pip[@]}" install "$work/examples/python"
cd "$work"
"$work/venv/bin/python" -m pytest -q -rxX "$work/examples/python/tests"
"$work/venv/bin/python" "$work/examples/python/draw_clusters.py" "$work/examples/data" "$work/clusters.png"
[ -s "$work/clusters.png" ]
