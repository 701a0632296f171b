// The command, built without the HDF5 library.
#include "hdf5_features.hpp"

std::optional<shoal::FeatureFile> read_hdf5(const std::string&) { return {}; }

bool reads_hdf5(const std::string&) { return false; }

template <class T> std::optional<std::vector<T>> read_hdf5_numbers(const std::string&) { return {}; }
template std::optional<std::vector<shoal::Index>> read_hdf5_numbers(const std::string&);
template std::optional<std::vector<shoal::Label>> read_hdf5_numbers(const std::string&);
template std::optional<std::vector<float>> read_hdf5_numbers(const std::string&);

std::string hdf5_version() { return "without HDF5"; }
