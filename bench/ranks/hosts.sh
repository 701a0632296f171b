#!/usr/bin/env bash
# hosts.sh HOSTS MICROSECONDS BYTES_PER_SECOND COMMAND…: runs COMMAND under Open MPI's mpirun, one rank on each of HOSTS hosts
# that are network namespaces of this machine, over links with the given delay and rate (delayed_link.cpp). No packet leaves
# the machine. Needs root, /dev/net/tun, ip and mpirun.
set -euo pipefail
hosts=() delay=$2 rate=$3
for ((k = 1; k <= $1; ++k)); do hosts+=("10.99.0.$k"); done
shift 3
source=$(dirname "$(realpath "$0")") work=$(mktemp -d) switch=
finish() {
  [ -z "$switch" ] || kill "$switch"
  for host in "${hosts[@]}"; do ip netns delete "$host" 2> /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
g++ -std=c++20 -O2 "$source/delayed_link.cpp" -o "$work/delayed_link"
for host in "${hosts[@]}"; do ip netns add "$host"; done
"$work/delayed_link" "$delay" "$rate" "${hosts[@]}" &
switch=$!
for host in "${hosts[@]}"; do
  until ip -n "$host" address add "$host/24" dev link0 2> /dev/null; do sleep 0.1; kill -0 "$switch"; done
  ip -n "$host" link set link0 mtu 60000 up
  ip -n "$host" link set lo up
done
# Open MPI starts a daemon on each host by ssh, or by what stands for it here: each host has its own network and name.
cat > "$work/on" << 'end'
#!/bin/sh
host=$1
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"
end
chmod +x "$work/on"
network=10.99.0.0/24
ip netns exec "${hosts[0]}" unshare --uts sh -c "hostname ${hosts[0]}; exec \"\$@\"" - \
  mpirun --allow-run-as-root --bind-to none -n ${#hosts[@]} --host "$(IFS=,; echo "${hosts[*]}")" --mca plm_rsh_agent "$work/on" \
  --mca btl tcp,self --mca btl_tcp_if_include $network --mca oob_tcp_if_include $network --mca mpi_yield_when_idle 1 "$@"
