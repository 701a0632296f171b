// The command, built without Arrow's library.
#include "arrow_files.hpp"

#include <shoal/core/check.hpp>

std::optional<shoal::FeatureFile> read_arrow(const std::string&, bool) { return {}; }

bool reads_arrow(const std::string&) { return false; }

template <class T> std::optional<std::vector<T>> read_arrow_numbers(const std::string&) { return {}; }
template std::optional<std::vector<shoal::Index>> read_arrow_numbers(const std::string&);
template std::optional<std::vector<shoal::Label>> read_arrow_numbers(const std::string&);
template std::optional<std::vector<float>> read_arrow_numbers(const std::string&);

bool has_arrow() { return false; }

std::string arrow_version() { return "without Arrow"; }

void write_parquet_labels(const Path& path, const ChosenRows&, const shoal::Prediction&) {
  shoal::fail(shoal::Errc::invalid_argument, path.string(),
              " needs Arrow, which this command was built without");
}
