// Several clusterings of the same samples, from several seeds: how good on average, and how alike.
#pragma once

#include <span>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/spread.hpp>

namespace shoal {

/// Scores over seeds, as tables print them: mean ± standard deviation.
struct QualitySpread {
  Spread acc, nmi, ami, ari, purity;  ///< of the fields of Quality of these names
};

[[nodiscard]] inline QualitySpread spread(std::span<const Quality> runs) {
  const auto of = [&](double Quality::*score) {
    std::vector<double> values;
    for (const Quality& run : runs) values.push_back(run.*score);
    return spread(values);
  };
  return {of(&Quality::acc), of(&Quality::nmi), of(&Quality::ami), of(&Quality::ari), of(&Quality::purity)};
}

/// How alike clusterings of the same samples are: each pair scored as if one were the truth of the other. Of
/// two clusterings this is evaluate(a, b), whose acc is the share of samples that keep their cluster under
/// the best renaming. Throws for fewer than two and for lengths that differ.
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
