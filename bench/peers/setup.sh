#!/usr/bin/env bash
# Installs the rivals that shoal is measured against: Python packages into VENV, and the driver of SuperKMeans, built on
# MKL from PyPI, into VENV/bin.   usage: setup.sh VENV [SUPERKMEANS_CHECKOUT]   (github.com/lkuffo/SuperKMeans)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); venv=$1
[ -d "$venv" ] || python3 -m venv "$venv"
"$venv/bin/python" -c "import numpy, scipy, sklearn, faiss, torch" 2>/dev/null ||
  "$venv/bin/pip" install -q numpy scipy scikit-learn faiss-cpu torch mkl mkl-include mkl-devel
if [ $# -gt 1 ]; then
  lib=$(realpath "$venv/lib")
  g++ -std=c++20 -O3 -march=native -fopenmp -DEIGEN_USE_MKL_ALL -DNDEBUG -I"$2/include" -I"$venv/include" -I/usr/include/eigen3 \
    -x c++ "$here/superkmeans_driver.cpp.in" -L"$lib" -Wl,--no-as-needed -l:libmkl_intel_lp64.so.3 -l:libmkl_gnu_thread.so.3 \
    -l:libmkl_core.so.3 -Wl,-rpath,"$lib" -lpthread -lm -ldl -o "$venv/bin/superkmeans_driver"
fi
