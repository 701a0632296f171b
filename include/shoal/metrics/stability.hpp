// Several clusterings of the same samples, for example from several seeds: their mean quality and their
// agreement.
#pragma once

#include <span>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/spread.hpp>

namespace shoal {

/// Mean ± standard deviation of the scores over several runs.
struct QualitySpread {
  Spread acc, nmi, ami, ari, purity;  ///< of the fields of Quality with these names
};

/// The mean and standard deviation of each score over the runs.
[[nodiscard]] inline QualitySpread spread(const std::vector<Quality>& runs) {
  const auto of = [&](double Quality::*score) {
    std::vector<double> values;
    for (const Quality& run : runs) values.push_back(run.*score);
    return spread(values);
  };
  return {of(&Quality::acc), of(&Quality::nmi), of(&Quality::ami), of(&Quality::ari), of(&Quality::purity)};
}

/// The agreement between clusterings of the same samples: each pair is scored as if one were the truth of the
/// other. For two clusterings this is evaluate(a, b), whose acc is the share of samples that keep their
/// cluster under the best renaming. Throws invalid_argument for fewer than two clusterings, and if the
/// lengths differ.
[[nodiscard]] inline QualitySpread agreement(std::span<const LabelView> clusterings, Workers workers = Cpu{},
                                             Index none = no_label) {
  check(clusterings.size() >= 2, Errc::invalid_argument, "agreement: clusterings (", clusterings.size(),
        ") must be at least 2");
  std::vector<Quality> pairs;
  for (std::size_t a = 0; a < clusterings.size(); ++a)
    for (std::size_t b = a + 1; b < clusterings.size(); ++b)
      pairs.push_back(evaluate(clusterings[a], clusterings[b], workers, none));
  return spread(pairs);
}

}  // namespace shoal
