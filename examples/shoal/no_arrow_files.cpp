// The command, built without Arrow's library.
#include "arrow_files.hpp"

#include <shoal/core/check.hpp>

std::optional<shoal::FeatureFile> read_arrow(const std::string&, bool) { return {}; }

bool reads_arrow(const std::string&) { return false; }

bool has_arrow() { return false; }

std::string arrow_version() { return "without Arrow"; }

void write_parquet_labels(const Path& path, const ChosenRows&, const shoal::Prediction&) {
  shoal::fail(shoal::Errc::invalid_argument, path.string(),
              " needs Arrow, which this command was built without");
}
