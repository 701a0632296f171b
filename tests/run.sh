#!/usr/bin/env bash
# Installs what is needed, builds everything and runs all tests.
set -euo pipefail
cd "$(dirname "$0")/.."
bash examples/install.sh
cmake --preset dev
cmake --build --preset dev --parallel "$(nproc)"
ctest --test-dir build/dev --output-on-failure --parallel "$(nproc)"
