#!/usr/bin/env bash
# Installs what building needs on Debian, once: the only place that does.
set -euo pipefail
packages=(g++ cmake make libeigen3-dev doctest-dev libcli11-dev nlohmann-json3-dev libopenblas-dev
          libopenmpi-dev openmpi-bin libhdf5-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "Nothing to install: all packages that building needs are there"
  exit 0
fi
sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
