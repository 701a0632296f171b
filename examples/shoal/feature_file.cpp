#include "feature_file.hpp"

#include "feature_files.hpp"
#include "printable.hpp"

#include <cstdio>

shoal::FeatureFile read_features(const std::filesystem::path& features, bool read) {
  const std::vector<std::string> files = feature_files(features);
  if (files.size() > 1) {
    shoal::check(!read, shoal::Errc::invalid_argument, "--no-map reads one file; the features are in ",
                 files.size());
    return shoal::FeatureFile(shoal::npy::map_shards(files));
  }
  shoal::FeatureFile file = shoal::open_features(files.front(), {.read = read});
  if (!file.note().empty()) std::fprintf(stderr, "shoal: note: %s\n", printable(file.note()).c_str());
  return file;
}
