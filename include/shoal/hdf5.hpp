// The door to HDF5: datasets of its files as rows. Nothing else of shoal needs the HDF5 library.
#pragma once

#if !__has_include(<hdf5.h>)
#error "shoal/hdf5.hpp needs HDF5 1.10.5 or later: link shoal::hdf5 (Debian: libhdf5-dev)"
#include <shoal/needs_hdf5>
#endif

#include <shoal/io/hdf5_numbers.hpp>
#include <shoal/io/hdf5_rows.hpp>
