#include "hdf5_features.hpp"

#include <shoal/hdf5.hpp>

bool reads_hdf5(const std::string& features) {
  const std::string file = shoal::split_feature_path(features).file;
  return file.ends_with(".h5") || file.ends_with(".hdf5");
}

std::optional<shoal::FeatureFile> read_hdf5(const std::string& features) {
  if (!reads_hdf5(features)) return {};
  const shoal::FeaturePath path = shoal::split_feature_path(features);
  shoal::Hdf5Rows rows(path.file, path.member);
  std::string note =
      rows.rounded() ? features + " is float64: each number is rounded to float32 as it is read" : "";
  return shoal::FeatureFile(std::move(rows), std::move(note));
}

template <class T> std::optional<std::vector<T>> read_hdf5_numbers(const std::string& file) {
  if (!reads_hdf5(file)) return {};
  const shoal::FeaturePath path = shoal::split_feature_path(file);
  return shoal::hdf5_numbers<T>(path.file, path.member);
}
template std::optional<std::vector<shoal::Index>> read_hdf5_numbers(const std::string&);
template std::optional<std::vector<shoal::Label>> read_hdf5_numbers(const std::string&);
template std::optional<std::vector<float>> read_hdf5_numbers(const std::string&);

std::string hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return "HDF5 " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}
