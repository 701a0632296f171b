#include "hdf5_features.hpp"

#include <shoal/hdf5.hpp>

std::optional<shoal::FeatureFile> read_hdf5(const std::string& features) {
  const shoal::FeaturePath path = shoal::split_feature_path(features);
  if (!path.file.ends_with(".h5") && !path.file.ends_with(".hdf5")) return {};
  shoal::Hdf5Rows rows(path.file, path.member);
  std::string note =
      rows.rounded() ? features + " is float64: each number is rounded to float32 as it is read" : "";
  return shoal::FeatureFile(std::move(rows), std::move(note));
}

std::string hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return "HDF5 " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}
