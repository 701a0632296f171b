#!/usr/bin/env bash
# Installs what is needed, builds everything and runs all tests.
set -euo pipefail
cd "$(dirname "$0")/.."
bash examples/install.sh
cmake --preset release
cmake --build --preset release --parallel "$(nproc)"
ctest --test-dir build/release --output-on-failure
