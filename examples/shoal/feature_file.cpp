#include "feature_file.hpp"

#include "printable.hpp"

#include <cstdio>

shoal::FeatureFile read_features(const std::filesystem::path& file, bool read) {
  shoal::FeatureFile features = shoal::open_features(file.string(), {.read = read});
  if (!features.note().empty()) std::fprintf(stderr, "shoal: note: %s\n", printable(features.note()).c_str());
  return features;
}
