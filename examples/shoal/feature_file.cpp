#include "feature_file.hpp"

#include "hdf5_features.hpp"
#include "parts.hpp"
#include "printable.hpp"

#include <cstdio>

namespace {

shoal::FeatureFile opened(const Path& features, bool read) {
  if (auto hdf5 = read_hdf5(features.string())) return std::move(*hdf5);
  const std::vector<std::string> files = parts_of(features);
  if (files.size() > 1) {
    shoal::check(!read, shoal::Errc::invalid_argument, "--no-map reads one file; the features are in ",
                 files.size());
    return shoal::FeatureFile(shoal::npy::map_shards(files));
  }
  return shoal::open_features(files.front(), {.read = read});
}

}  // namespace

shoal::FeatureFile read_features(const Path& features, bool read) {
  shoal::FeatureFile file = opened(features, read);
  if (!file.note().empty()) std::fprintf(stderr, "shoal: note: %s\n", printable(file.note()).c_str());
  return file;
}
