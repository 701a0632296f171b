// The command, built without the HDF5 library.
#include "hdf5_features.hpp"

std::optional<shoal::FeatureFile> read_hdf5(const std::string&) { return {}; }

bool reads_hdf5(const std::string&) { return false; }

std::string hdf5_version() { return "without HDF5"; }
