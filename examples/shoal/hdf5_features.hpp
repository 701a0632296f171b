// Features in HDF5 files, where the command was built with the HDF5 library.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <shoal/io/open_features.hpp>

/// The features of an HDF5 file, named as "table.h5:train", or as "table.h5" where there is one dataset of
/// rows in it. Nothing for other names, and where the command was built without HDF5: such files are then
/// refused as are all that are not read here. Throws shoal::error for files that can't be read.
[[nodiscard]] std::optional<shoal::FeatureFile> read_hdf5(const std::string& features);

/// The numbers of a one-dimensional dataset of such a file, as "table.h5:labels"; nothing where read_hdf5
/// gives nothing. T is Index, Label or float. Throws shoal::error for datasets that can't be read.
template <class T> [[nodiscard]] std::optional<std::vector<T>> read_hdf5_numbers(const std::string& file);

/// Whether read_hdf5 reads what is named so.
[[nodiscard]] bool reads_hdf5(const std::string& features);

/// The library that the command was built with, "HDF5 1.10.8", or that there is none.
[[nodiscard]] std::string hdf5_version();
