// Bootstrap confidence intervals of a score, and the paired comparison of two clusterings of the same
// samples.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/random.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/contingency.hpp>
#include <shoal/metrics/spread.hpp>

namespace shoal {

/// How many bootstrap samples are drawn, and the confidence level of the interval.
struct BootstrapSettings {
  Index replicates = 1000;  ///< number of bootstrap samples, ≥ 2
  double level = 0.95;      ///< confidence level of the interval, in (0, 1)
  std::uint64_t seed = 0;   ///< the same seed draws the same samples
  /// The range of the score, to which intervals are clipped: set 0 to 1 for accuracies and NMI. A replicate
  /// outside it widens it.
  double least = -1, most = 1;
};

/// A score with its confidence interval and standard error.
struct Interval {
  double value = 0;           ///< the score of the samples themselves
  double low = 0, high = 0;   ///< the ends of the interval
  double standard_error = 0;  ///< the standard deviation over replicates
};

/// The comparison of two clusterings of the same samples.
struct Comparison {
  Interval first, second;  ///< the score of each
  Interval difference;     ///< first − second; significant at the chosen level if the interval excludes 0
  double first_is_better = 0;  ///< share of replicates where first > second; ties count half
};

namespace bootstrap_impl {

/// The labels of the samples that have one in every array, renumbered from 0, so that the tables of the
/// replicates are built fast.
inline std::vector<std::vector<Label>> numbered(const std::vector<LabelView>& sides, Workers workers,
                                                Index none) {
  const Index n = sides.front().size();
  const auto counted = [&](Index i) {
    return std::none_of(std::begin(sides), std::end(sides), [&](LabelView side) { return side[i] == none; });
  };
  std::vector<std::vector<Label>> codes;
  for (const LabelView side : sides) {
    check(side.size() == n, Errc::invalid_argument, "bootstrap: labels (", side.size(),
          ") must be as many as those of the other clustering or truth (", n, ")");
    const LabelIndex index(side, counted, workers);
    codes.emplace_back();
    for (Index i = 0; i < n; ++i)
      if (counted(i)) codes.back().push_back(index[side[i]]);
  }
  return codes;
}

/// Scores of the bootstrap samples: [clusterings][replicates]. Replicate r draws the same samples for all
/// clusterings, and its draw depends on (seed, r) only.
template <class Score>
std::vector<std::vector<double>> replicate(const std::vector<std::vector<Label>>& clusterings,
                                           const std::vector<Label>& truth, Score score,
                                           const BootstrapSettings& settings, Workers workers) {
  const std::size_t n = truth.size();
  std::vector<std::vector<double>> scores(clusterings.size(),
                                          std::vector<double>(static_cast<std::size_t>(settings.replicates)));
  workers.each_task(settings.replicates, [&](Index r, int) {
    const Philox random(settings.seed, static_cast<std::uint64_t>(r));
    std::vector<Label> labels(n), classes(n);
    for (std::size_t side = 0; side < clusterings.size(); ++side) {
      for (std::size_t i = 0; i < n; ++i) {
        const auto drawn = static_cast<std::size_t>(random.below(static_cast<Index>(n), i));
        labels[i] = clusterings[side][drawn];
        classes[i] = truth[drawn];
      }
      scores[side][static_cast<std::size_t>(r)] = score(contingency(labels, classes, workers));
    }
  });
  return scores;
}

/// The central interval that holds a share `level` of the replicates, shifted so that their mean equals the
/// value: drawing with replacement repeats samples, which by itself raises every agreement score. The
/// interval is clipped to the range of the score, which is [least, most] extended to contain the value and
/// the replicates.
inline Interval interval(double value, std::vector<double> replicates, double level, double least,
                         double most) {
  const Spread all = spread(replicates);
  std::sort(replicates.begin(), replicates.end());
  const auto quantile = [&](double q) {
    const double at = q * static_cast<double>(replicates.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, replicates.size() - 1);
    return replicates[below] + (at - static_cast<double>(below)) * (replicates[above] - replicates[below]);
  };
  const double shift = value - all.mean;
  least = std::min({least, value, replicates.front()}), most = std::max({most, value, replicates.back()});
  return {value, std::clamp(quantile((1 - level) / 2) + shift, least, most),
          std::clamp(quantile((1 + level) / 2) + shift, least, most), all.deviation};
}

inline void check_settings(const BootstrapSettings& settings, std::size_t samples) {
  check(settings.replicates >= 2, Errc::invalid_argument, "bootstrap: settings.replicates (",
        settings.replicates, ") must be at least 2");
  check(is_finite(settings.level) && settings.level > 0 && settings.level < 1, Errc::invalid_argument,
        "bootstrap: settings.level (", settings.level, ") must be in (0, 1)");
  check(is_finite(settings.least) && is_finite(settings.most) && settings.least < settings.most,
        Errc::invalid_argument, "bootstrap: settings.least (", settings.least,
        ") must be below settings.most (", settings.most, ")");
  check(samples > 0, Errc::invalid_argument, "bootstrap: labels must label at least one sample");
}

}  // namespace bootstrap_impl

/// A function that scores a contingency table, such as `[](const Contingency& t) { return accuracy(t); }`.
template <class S>
concept TableScore = requires(const S score, const Contingency& t) {
  { score(t) } -> std::convertible_to<double>;
};

/// The bootstrap confidence interval of a score. Replicates run in parallel; each thread needs about 8 bytes
/// a sample. The result has the same bits for any number of threads. Throws invalid_argument if the lengths
/// differ, if there are no samples, and if a setting is out of range.
template <TableScore Score>
[[nodiscard]] Interval bootstrap(LabelView labels, LabelView truth, const Score& score,
                                 BootstrapSettings settings = {}, Workers workers = Cpu{},
                                 Index none = no_label) {
  using namespace bootstrap_impl;
  auto codes = numbered({labels, truth}, workers, none);
  check_settings(settings, codes[0].size());
  const double value = score(contingency(codes[0], codes[1], workers));
  return interval(value, replicate({codes[0]}, codes[1], score, settings, workers)[0], settings.level,
                  settings.least, settings.most);
}

/// Compares two clusterings of the same samples by one score. The comparison is paired: each replicate draws
/// the same samples for both. Samples without a label in any of the three arrays are left out. Throws as
/// bootstrap does.
template <TableScore Score>
[[nodiscard]] Comparison compare(LabelView first, LabelView second, LabelView truth, const Score& score,
                                 BootstrapSettings settings = {}, Workers workers = Cpu{},
                                 Index none = no_label) {
  using namespace bootstrap_impl;
  auto codes = numbered({first, second, truth}, workers, none);
  check_settings(settings, codes[0].size());
  const auto scores = replicate({codes[0], codes[1]}, codes[2], score, settings, workers);
  const double one = score(contingency(codes[0], codes[2], workers)),
               two = score(contingency(codes[1], codes[2], workers));
  Comparison c;
  c.first = interval(one, scores[0], settings.level, settings.least, settings.most);
  c.second = interval(two, scores[1], settings.level, settings.least, settings.most);
  std::vector<double> gaps;
  for (std::size_t r = 0; r < scores[0].size(); ++r) {
    gaps.push_back(scores[0][r] - scores[1][r]);
    c.first_is_better += gaps.back() > 0 ? 1. : gaps.back() == 0 ? 0.5 : 0.;
  }
  c.first_is_better /= static_cast<double>(gaps.size());
  c.difference = interval(one - two, gaps, settings.level, settings.least - settings.most,
                          settings.most - settings.least);
  return c;
}

}  // namespace shoal
