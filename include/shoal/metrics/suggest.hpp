// Four hints at the number of clusters. No single one is reliable.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/core/sample.hpp>
#include <shoal/graph/leiden.hpp>
#include <shoal/graph/view_graph.hpp>
#include <shoal/graph/ward_start.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/kmeans/merge_tree.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/separability.hpp>

namespace shoal {

/// The largest number of clusters that is examined, and the number of rows that are used.
struct SuggestSettings {
  Index most = 0;        ///< largest number of clusters; 0: n / 16, clipped to 2 … 4,096
  Index rows = 100'000;  ///< at most this number of rows is used, a random sample
  Index neighbors = 15;  ///< neighbours of each row in the graph
  Index iterations = 8;  ///< iterations of each k-means
  std::uint64_t seed = 0;
};

/// One value for each number of clusters, and the number that these values suggest.
struct ClusterCountHint {
  std::vector<Index> clusters;  ///< numbers of clusters, ascending
  std::vector<double> value;    ///< one for each; NaN where undefined
  Index suggestion = 0;         ///< the suggested number of clusters
};

/// The hints of four methods at the number of clusters. No single one is reliable: docs/graph.md shows how
/// far each was from the truth where that was known.
struct ClusterCountHints {
  /// Ward's tree over an over-clustering: the share of the sum of squares that remains within C clusters.
  /// Suggests the C at the knee: where the fall from C / 2 to C exceeds that from C to 2 C by most.
  ClusterCountHint merging;
  /// Leiden on the neighbour graph: the resolution γ at which it finds C clusters. Suggests the C that
  /// changes least, relatively, as γ doubles.
  ClusterCountHint resolution;
  /// Stability: k-means from a Ward start on each of two random halves labels all rows; the value is the AMI
  /// of the two labellings. Suggests the C with the largest, and of several the largest C.
  ClusterCountHint stability;
  /// The simplified silhouette, by cosine, of the cuts of Ward's tree. Suggests the C with the largest.
  ClusterCountHint silhouette;
  Index rows = 0;  ///< number of rows that were used
};

namespace suggest_impl {

/// 2, 3, … up to `most`: each number is a quarter larger than the one before, above 64 by half.
inline std::vector<Index> counts_up_to(Index most) {
  std::vector<Index> counts;
  for (Index c = 2; c <= most; c += std::max<Index>(1, c / (c < 64 ? 4 : 2))) counts.push_back(c);
  return counts;
}

/// The number of clusters with the largest value; of several, the smallest or, if `finest`, the largest.
inline Index best(const ClusterCountHint& hint, bool finest = false) {
  Index best = 0;
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < hint.value.size(); ++k)
    if (hint.value[k] > most || (finest && hint.value[k] == most)) {
      most = hint.value[k];
      best = hint.clusters[k];
    }
  return best;
}

/// The value at a number of clusters, which need not be one of the hint's: linear in log C between those
/// beside it. Pre: it lies between the first and the last.
inline double value_at(const ClusterCountHint& hint, double clusters) {
  const auto above = std::lower_bound(hint.clusters.begin(), hint.clusters.end(), clusters,
                                      [](Index c, double value) { return static_cast<double>(c) < value; });
  const auto k = static_cast<std::size_t>(above - hint.clusters.begin());
  if (k == 0) return hint.value.front();
  const auto low = static_cast<double>(hint.clusters[k - 1]), high = static_cast<double>(hint.clusters[k]);
  const double share = std::log(clusters / low) / std::log(high / low);
  return hint.value[k - 1] + share * (hint.value[k] - hint.value[k - 1]);
}

/// The knee: where the fall from C / 2 to C is larger than that from C to 2 C by most. The first number where
/// there are no such three.
inline Index knee(const ClusterCountHint& hint) {
  if (hint.clusters.empty()) return 0;
  ClusterCountHint bend{hint.clusters, std::vector<double>(hint.clusters.size(), std::nan("")), 0};
  for (std::size_t k = 0; k < hint.clusters.size(); ++k) {
    const auto c = static_cast<double>(hint.clusters[k]);
    if (c / 2 < static_cast<double>(hint.clusters.front()) ||
        2 * c > static_cast<double>(hint.clusters.back()))
      continue;
    bend.value[k] = value_at(hint, c / 2) - 2 * hint.value[k] + value_at(hint, 2 * c);
  }
  return std::max(best(bend), hint.clusters.front());
}

/// Where log C grows least between the resolutions before and after.
inline Index flattest(const ClusterCountHint& hint) {
  ClusterCountHint slope{hint.clusters, std::vector<double>(hint.clusters.size(), std::nan("")), 0};
  for (std::size_t k = 1; k + 1 < hint.clusters.size(); ++k)
    slope.value[k] =
        -std::log(static_cast<double>(hint.clusters[k + 1]) / static_cast<double>(hint.clusters[k - 1])) /
        std::log(hint.value[k + 1] / hint.value[k - 1]);
  return best(slope);
}

/// The simplified silhouettes, and the sums of squares within clusters, of the cuts of Ward's tree.
template <Backend B>
void from_tree(AnyRows rows, const std::vector<Index>& counts, const SuggestSettings& settings,
               const B& backend, const Hook& hook, ClusterCountHints& hints) {
  const Index leaves = std::min(2 * counts.back(), rows.rows());
  const KMeansResult fine =
      fit(KMeans<>{.clusters = leaves, .iterations = settings.iterations, .seed = settings.seed}, rows,
          backend, hook);
  const MergeTree tree = merge_tree(fine.centroids, fine.cluster_weights);
  double total = fine.objective;
  for (const Merge& merge : tree.merges) total += merge.cost;
  double within = total;
  std::size_t next = tree.merges.size();  // merges that are undone, from the last on
  for (const Index count : counts) {
    for (; static_cast<Index>(tree.merges.size() - next) < count - 1; --next)
      within -= tree.merges[next - 1].cost;
    hints.merging.clusters.push_back(count);
    hints.merging.value.push_back(total > 0 ? within / total : 0);
    const std::vector<Label> to = tree.cut(count);
    std::vector<Label> labels;
    for (const Label leaf : fine.labels) labels.push_back(to[static_cast<std::size_t>(leaf)]);
    hints.silhouette.clusters.push_back(count);
    hints.silhouette.value.push_back(
        separability(rows, labels, {.distance = Distance::cosine}, backend).simplified_silhouette);
  }
  hints.merging.suggestion = knee(hints.merging);
  hints.silhouette.suggestion = best(hints.silhouette);
}

/// Stability: the AMI between the labellings of all rows by k-means on each half.
template <Backend B>
ClusterCountHint from_halves(AnyRows rows, const std::vector<Index>& counts, const SuggestSettings& settings,
                             const B& backend, const Hook& hook) {
  const Index n = rows.rows();
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  const Philox random(settings.seed, 0x4A1F);
  for (Index i = n - 1; i > 0; --i)
    std::swap(order[static_cast<std::size_t>(i)],
              order[static_cast<std::size_t>(random.below(i + 1, static_cast<std::uint64_t>(i)))]);
  ClusterCountHint hint;
  for (const Index count : counts) {
    if (count > n / 2) break;
    std::vector<std::vector<Label>> said;
    for (int half = 0; half < 2; ++half) {
      const auto own =
          std::span<const Index>(order).subspan(half == 0 ? 0 : order.size() / 2, order.size() / 2);
      const Subset part(rows, own);
      const KMeansResult found =
          fit(WardKMeans<>{.clusters = count, .iterations = settings.iterations, .seed = settings.seed}, part,
              backend, hook);
      const KMeansPrediction all = predict<Cosine>(found.centroids, rows, backend);
      said.emplace_back(all.labels.data(), all.labels.data() + all.labels.size());
    }
    hint.clusters.push_back(count);
    hint.value.push_back(evaluate(said[0], said[1], backend).ami);
  }
  hint.suggestion = best(hint, true);  // groups of clear clusters are as stable as these
  return hint;
}

/// Leiden at resolutions from 1/4 upwards, each √2 times the last, until there are more than `most` clusters.
template <Backend B>
ClusterCountHint from_resolutions(AnyRows rows, Index most, const SuggestSettings& settings, const B& backend,
                                  const Hook& hook) {
  const Index n = rows.rows();
  const NeighborGraph graph = view_graph(rows, std::min(settings.neighbors, n - 1), 2, backend, hook);
  ClusterCountHint hint;
  for (double resolution = 0.25; resolution < 1e6; resolution *= std::sqrt(2.)) {
    const LeidenResult found =
        leiden(graph, {.resolution = resolution, .seed = settings.seed}, backend, {}, hook);
    std::vector<Index> sizes(static_cast<std::size_t>(found.clusters), 0);
    for (const Label label : found.labels) ++sizes[static_cast<std::size_t>(label)];
    const Index small =
        std::max<Index>(2, n / (50 * found.clusters));  // smaller clusters are splinters and do not count
    const Index count = std::count_if(sizes.begin(), sizes.end(), [&](Index size) { return size >= small; });
    if (count > most) break;
    if (count < 2 || (!hint.clusters.empty() && count < hint.clusters.back())) continue;
    hint.clusters.push_back(count);
    hint.value.push_back(resolution);
  }
  hint.suggestion = flattest(hint);
  return hint;
}

template <Backend B>
ClusterCountHints from_rows(AnyRows rows, const SuggestSettings& settings, const B& backend,
                            const Hook& hook) {
  const Index n = rows.rows();
  const Index most = settings.most > 0 ? std::min(settings.most, n - 1) : std::clamp<Index>(n / 16, 2, 4096);
  const std::vector<Index> counts = counts_up_to(most);
  ClusterCountHints hints;
  hints.rows = n;
  from_tree(rows, counts, settings, backend, hook, hints);
  hints.stability = from_halves(rows, counts, settings, backend, hook);
  hints.resolution = from_resolutions(rows, most, settings, backend, hook);
  return hints;
}

}  // namespace suggest_impl

/// Suggests the number of clusters of rows, by cosine: from one over-clustering and its merge tree, from
/// Leiden over a range of resolutions, and from the stability of k-means over random halves. The same bits
/// for any number of threads. O(iterations · n d · most), about ten times a k-means with `most` clusters. If
/// the hook asks to stop, k-means ends early or `stopped` is thrown. Throws invalid_argument for fewer than 4
/// rows and for settings out of range, and bad_data for rows that are zero or not finite.
template <Backend B>
[[nodiscard]] ClusterCountHints suggest_clusters(AnyRows rows, const SuggestSettings& settings,
                                                 const B& backend, const Hook& hook = {}) {
  const char* who = "suggest_clusters";
  check(rows.rows() >= 4, Errc::invalid_argument, who, ": rows (", rows.rows(), ") must be at least 4");
  check(settings.most == 0 || settings.most >= 2, Errc::invalid_argument, who, ": most (", settings.most,
        ") must be at least 2, or 0");
  check(settings.rows >= 4, Errc::invalid_argument, who, ": settings.rows (", settings.rows,
        ") must be at least 4");
  check(settings.neighbors >= 1, Errc::invalid_argument, who, ": neighbors (", settings.neighbors,
        ") must be at least 1");
  if (rows.rows() <= settings.rows) return suggest_impl::from_rows(rows, settings, backend, hook);
  const std::vector<Index> ids = sample_rows(rows.rows(), settings.rows, settings.seed);
  const Subset some(rows, ids);
  return suggest_impl::from_rows(some, settings, backend, hook);
}

}  // namespace shoal
