#include "neighbor_search.hpp"

#include "html.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <shoal/core/sample.hpp>

namespace {

using shoal::Index;

/// Measures the seconds of an exact search among rows spread over the source; 0 if the rows can't be
/// searched, which the search itself then reports.
double sampled_seconds(shoal::AnyRows features, const shoal::NeighborSettings& settings, Index rows,
                       const shoal::Cpu& cpu) {
  const std::vector<Index> ids = shoal::spread_rows(features.rows(), rows);
  try {
    const Stopwatch time;
    (void)shoal::exact_neighbors(shoal::Subset(features, ids),
                                 {std::min(settings.count, rows - 1), settings.similarity}, cpu);
    return time.seconds();
  } catch (const shoal::error&) {
    return 0;
  }
}

}  // namespace

std::string FoundNeighbors::how() const {
  if (exact) return "exact";
  if (recall_rows == 0) return "by inverted lists";
  return "by inverted lists, recall " + decimals(recall, 3) + " on " + grouped(recall_rows) + " rows";
}

double neighbor_seconds(shoal::AnyRows features, const shoal::NeighborSettings& settings, NeighborIndex index,
                        const shoal::ListSettings& lists, const shoal::Cpu& cpu) {
  const Index n = features.rows(), sample = std::min<Index>(4096, n / 4);
  if (sample < 2) return 0;
  const double all_pairs = std::pow(static_cast<double>(n) / static_cast<double>(sample), 2) *
                           sampled_seconds(features, settings, sample, cpu);
  if (searched_exactly(index, n)) return all_pairs;
  // A row is compared with the rows of `probes` lists instead of half of all rows; learning and probing the
  // lists costs half as much again.
  const auto count = static_cast<double>(shoal::inverted_lists_impl::list_count(n, lists));
  return all_pairs * std::min(1., 3 * static_cast<double>(lists.probes) / count);
}
