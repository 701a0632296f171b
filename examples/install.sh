#!/usr/bin/env bash
# Installs what building needs on Debian, once: the only place that does.
set -euo pipefail
packages=(g++ cmake make libeigen3-dev doctest-dev libcli11-dev nlohmann-json3-dev libopenblas-dev
          libopenmpi-dev openmpi-bin libhdf5-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
