// Where k-means starts: rows chosen at random, or by k-means++.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_set>
#include <utility>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/seed_distances.hpp>

namespace shoal {

/// How the first centroids are chosen.
enum class Seeding {
  random,     ///< distinct rows, by their weights
  plus_plus,  ///< k-means++ (Arthur and Vassilvitskii, SODA 2007), exact: about the cost of one assignment
  afk_mc2,    ///< AFK-MC² (Bachem et al., NIPS 2016): k-means++ by Markov chains, for n far above 100 C
};

/// `count` distinct rows of n, in random order (Floyd's algorithm). O(count).
inline std::vector<Index> distinct_rows(Index n, Index count, const Philox& random) {
  std::vector<Index> chosen;
  std::unordered_set<Index> seen;
  for (Index j = n - count; j < n; ++j) {
    const Index pick = random.below(j + 1, static_cast<std::uint64_t>(j));
    chosen.push_back(seen.insert(pick).second ? pick : j);
    if (chosen.back() == j) seen.insert(j);
  }
  for (Index i = count - 1; i > 0; --i)  // Floyd's order is not uniform
    std::swap(chosen[static_cast<std::size_t>(i)],
              chosen[static_cast<std::size_t>(random.below(i + 1, static_cast<std::uint64_t>(n + i)))]);
  return chosen;
}

/// `count` distinct rows drawn one after the other with probabilities ∝ weights (Efraimidis and Spirakis, IPL
/// 97, 2006: those of the least −log u / w). O(n log count). Pre: at least `count` weights are positive.
inline std::vector<Index> distinct_rows(std::span<const float> weights, Index count, const Philox& random) {
  std::vector<std::pair<double, Index>> keys;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] > 0)
      keys.emplace_back(-std::log(1 - random.uniform(i)) / double{weights[i]}, static_cast<Index>(i));
  std::partial_sort(keys.begin(), keys.begin() + count, keys.end());
  std::vector<Index> chosen;
  for (Index k = 0; k < count; ++k) chosen.push_back(keys[static_cast<std::size_t>(k)].second);
  return chosen;
}

/// k-means++: each next centroid is a row drawn with probability ∝ w_i D_i², D_i its distance to the nearest
/// chosen so far. Blocked, and exact all the same: a batch of candidates is drawn from the D² of the batch's
/// start, and each is kept with probability D²(now) / D²(then), which makes those kept follow the
/// distribution of now. So the distances of all rows are updated by one product a batch. When all D² are 0,
/// the rest are rows not chosen yet, in order.
class PlusPlus {
 public:
  PlusPlus(const CheckedRows& rows, std::span<const float> weights, std::uint64_t seed, Workers workers)
      : rows_(rows), random_(seed, 0x2B2B), distances_(rows, weights, workers) {}

  /// Fills `centroids` [C × d], and tells `chosen` how many there are as it goes. Pre: at least C rows have a
  /// weight.
  void choose(MatrixView<float> centroids, const std::function<void(Index)>& chosen = {}) {
    taken_.insert(distances_.first(random_.uniform(position_++), centroids.block(0, 1)));
    for (Index held = 1; held < centroids.rows;) {
      const Index limit = std::min<Index>(centroids.rows - held, std::min<Index>(held, 256));
      const double total = distances_.total();
      const Index kept = total > 0 ? add_batch(centroids, held, limit, total) : add_in_order(centroids, held);
      distances_.update(centroids.block(held, kept));
      held += kept;
      if (chosen) chosen(held);
    }
  }

 private:
  Index add_batch(MatrixView<float> centroids, Index held, Index limit, double total) {
    Index kept = 0;
    // Past 3 tries a seed the batch's start is too stale.
    for (Index tries = 0; kept < limit && tries < 3 * limit; ++tries) {
      const Index pick = distances_.draw(random_.uniform(position_) * total);
      const double accept = random_.uniform(position_ + 1);
      position_ += 2;
      float* candidate = centroids.row(held + kept);
      take(pick, candidate);
      const double then = distances_.square(pick);
      double now = then;
      for (Index k = 0; k < kept; ++k)
        now = std::min(now, squared_distance(candidate, centroids.row(held + k), centroids.cols));
      if (accept * then < now) {
        taken_.insert(pick);
        ++kept;
      }
    }
    return kept;
  }

  Index add_in_order(MatrixView<float> centroids, Index held) {
    while (distances_.weight(next_) <= 0 || taken_.contains(next_)) ++next_;
    take(next_, centroids.row(held));
    taken_.insert(next_);
    return 1;
  }

  void take(Index row, float* out) { rows_.gather({&row, 1}, {out, 1, rows_.cols()}); }

  const CheckedRows& rows_;
  Philox random_;
  SeedDistances distances_;
  std::unordered_set<Index> taken_;
  std::uint64_t position_ = 0;
  Index next_ = 0;
};

}  // namespace shoal
