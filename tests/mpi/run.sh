#!/usr/bin/env bash
# run.sh RANKS PROGRAM ARGUMENT…: runs the program on so many ranks of this machine, with Open MPI or MPICH.
set -euo pipefail
ranks=$1
shift
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1  # containers
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_btl=self,vader
options=()
if mpirun --version | grep -q 'Open MPI'; then options=(--oversubscribe --bind-to none); fi
exec mpirun "${options[@]}" -n "$ranks" "$@"
