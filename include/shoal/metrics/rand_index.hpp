// Scores over pairs of samples: Rand index, adjusted Rand index, Fowlkes-Mallows. Counts are exact integers.
// integers.
#pragma once

#include <cmath>

#include <shoal/core/config.hpp>
#include <shoal/core/int128.hpp>
#include <shoal/metrics/contingency.hpp>

namespace shoal {

/// The n (n − 1) / 2 unordered pairs of samples, counted by whether they share a cluster and a class. Exact
/// for n < 2^32.
struct PairCounts {
  Index both = 0;          ///< same cluster, same class: Σ n_kc (n_kc − 1) / 2
  Index cluster_only = 0;  ///< same cluster, different class
  Index class_only = 0;    ///< same class, different cluster
  Index neither = 0;       ///< different cluster, different class
};

/// Counts the pairs of samples from the table. O(cells).
inline PairCounts pair_counts(const Contingency& t) {
  const auto pairs = [](const std::vector<Index>& sizes) {
    Index sum = 0;
    for (const Index size : sizes) sum += size % 2 == 0 ? size / 2 * (size - 1) : (size - 1) / 2 * size;
    return sum;
  };
  const Index both = pairs(t.count), cluster = pairs(t.cluster_sizes), same_class = pairs(t.class_sizes);
  return {both, cluster - both, same_class - both, pairs({t.samples}) - cluster - same_class + both};
}

namespace rand_index_impl {
inline double ratio(Index part, Index whole) {
  return whole == 0 ? 1. : static_cast<double>(part) / static_cast<double>(whole);
}
}  // namespace rand_index_impl

/// Rand index: the share of pairs on which the two clusterings agree. Returns 1 if there are no pairs.
inline double rand_index(const PairCounts& p) {
  return rand_index_impl::ratio(p.both + p.neither, p.both + p.cluster_only + p.class_only + p.neither);
}

/// Adjusted Rand index (Hubert and Arabie, 1985): 1 for equal partitions, 0 in expectation for independent
/// ones.
///   ARI = 2 (TP TN − FN FP) / ((TP + FN)(FN + TN) + (TP + FP)(FP + TN))
/// The products are computed in 128-bit integers.
inline double adjusted_rand_index(const PairCounts& p) {
  if (p.cluster_only == 0 && p.class_only == 0) return 1.;
  const Int128 tp = p.both, fp = p.cluster_only, fn = p.class_only, tn = p.neither;
  const Int128 above = tp * tn - fn * fp, left = (tp + fn) * (fn + tn), right = (tp + fp) * (fp + tn);
  return 2. * static_cast<double>(above) / (static_cast<double>(left) + static_cast<double>(right));
}

/// Pair precision: the share of the pairs in one cluster that are in one class. Returns 1 if there are none.
inline double pair_precision(const PairCounts& p) {
  return rand_index_impl::ratio(p.both, p.both + p.cluster_only);
}

/// Pair recall: the share of the pairs in one class that are in one cluster. Returns 1 if there are none.
inline double pair_recall(const PairCounts& p) {
  return rand_index_impl::ratio(p.both, p.both + p.class_only);
}

/// The harmonic mean of pair precision and recall.
inline double pair_f1(const PairCounts& p) {
  const double both = 2. * static_cast<double>(p.both);
  const double apart = static_cast<double>(p.cluster_only) + static_cast<double>(p.class_only);
  return both + apart == 0. ? 1. : both / (both + apart);
}

/// Fowlkes-Mallows index (1983): the geometric mean of pair precision and recall. Returns 0 if no pair shares
/// both.
inline double fowlkes_mallows(const PairCounts& p) {
  if (p.both == 0) return 0.;
  return std::sqrt(pair_precision(p)) * std::sqrt(pair_recall(p));
}

}  // namespace shoal
