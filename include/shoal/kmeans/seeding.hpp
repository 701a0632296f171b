// The first centroids of k-means: rows chosen at random, or by k-means++.
#pragma once

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/seed_distances.hpp>

namespace shoal {

/// The choice of the first centroids.
enum class Seeding {
  random,     ///< distinct rows, with probabilities by weight
  plus_plus,  ///< k-means++ (Arthur and Vassilvitskii, SODA 2007), exact; costs about one assignment
  afk_mc2,    ///< AFK-MC² (Bachem et al., NIPS 2016): k-means++ by Markov chains, for n far above 100 C
};

/// `count` distinct rows out of n in random order (Floyd's algorithm). O(count).
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

/// `count` distinct ids over the rows of all ranks, drawn without replacement with probabilities ∝ weights
/// (Efraimidis and Spirakis, IPL 97, 2006: those with the smallest −log u / w). `weights` are those of this
/// rank's rows. O(n log count). Pre: at least `count` weights are positive.
inline std::vector<Index> distinct_rows(const Shard& shard, std::span<const float> weights, Index count,
                                        const Philox& random) {
  struct Key {
    double value;
    Index id;
  };
  const auto keep_least = [count](Buffer<Key>& keys) {
    const Index kept = std::min<Index>(count, std::ssize(keys));
    std::partial_sort(keys.begin(), keys.begin() + kept, keys.end(), [](const Key& a, const Key& b) {
      return a.value != b.value ? a.value < b.value : a.id < b.id;
    });
    keys.resize(static_cast<std::size_t>(kept));
  };
  Buffer<Key> keys;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Index id = shard.first() + static_cast<Index>(i);
    if (weights[i] > 0)
      keys.push_back(
          {-std::log(1 - random.uniform(static_cast<std::uint64_t>(id))) / double{weights[i]}, id});
  }
  keep_least(keys);
  keys = shard.ranks().all_gather(keys);
  keep_least(keys);
  std::vector<Index> chosen;
  for (const Key& key : keys) chosen.push_back(key.id);
  return chosen;
}

/// k-means++: each further centroid is a row drawn with probability ∝ w_i D_i², where D_i is its distance to
/// the nearest centroid so far. The draws are made in batches, but are exact: a batch of candidates is drawn
/// from the D² at its start, and each is accepted with probability D²(now) / D²(then), so that accepted ones
/// follow the current distribution. So one product for each batch updates the distances of all rows. If all
/// D² are 0, the remaining centroids are rows not chosen yet, in order. O(n C d); deterministic in the seed.
class PlusPlus {
 public:
  PlusPlus(const CheckedRows& rows, const Shard& shard, std::span<const float> weights, std::uint64_t seed,
           Workers workers, std::unique_ptr<SeedSquares> engine = nullptr)
      : random_(seed, 0x2B2B), distances_(rows, shard, weights, workers, std::move(engine)) {}

  /// Fills `centroids` [C × d]; calls `chosen` with the number chosen so far. Pre: at least C rows over all
  /// ranks have a positive weight.
  void choose(
      MatrixView<float> centroids, FunctionRef<void(Index)> chosen = [](Index) {}) {
    taken_.insert(distances_.first(random_.uniform(position_++), centroids.block(0, 1)));
    for (Index held = 1; held < centroids.rows;) {
      const Index limit = std::min<Index>(centroids.rows - held, std::min<Index>(held, 256));
      const Index kept =
          distances_.total() > 0 ? add_batch(centroids, held, limit) : add_in_order(centroids, held);
      distances_.update(centroids.block(held, kept));
      held += kept;
      chosen(held);
    }
  }

 private:
  Index add_batch(MatrixView<float> centroids, Index held, Index limit) {
    const MatrixView<float> added = centroids.block(held, limit);
    Index kept = 0;
    // Beyond 3 candidates for each seed, the D² of the batch's start are too outdated.
    for (Index tries = 0, some; kept < limit && tries < 3 * limit; tries += some) {
      some = std::min(limit - kept, 3 * limit - tries);
      kept += add_kept(added, kept, some);
    }
    return kept;
  }

  /// Draws candidates by the D² of the batch's start, in one exchange, and adds those that are accepted after
  /// `kept` seeds of the batch. Returns their number.
  Index add_kept(MatrixView<float> added, Index kept, Index candidates) {
    std::vector<double> places;
    for (Index k = 0; k < candidates; ++k)
      places.push_back(random_.uniform(position_ + 2 * static_cast<std::uint64_t>(k)));
    const std::vector<Index> picks = distances_.draw(places);
    const std::vector<double> then = distances_.squares(picks);
    Matrix<float> rows(candidates, added.cols);
    distances_.gather(picks, rows);
    const Index before = kept;
    for (std::size_t k = 0; k < picks.size(); ++k) {
      const float* candidate = rows.row(static_cast<Index>(k));
      const double accept = random_.uniform(position_ + 1);
      position_ += 2;
      double now = then[k];
      for (Index seed = 0; seed < kept; ++seed)
        now = std::min(now, squared_distance(candidate, added.row(seed), added.cols));
      if (!(accept * then[k] < now)) continue;
      std::copy_n(candidate, added.cols, added.row(kept++));
      taken_.insert(picks[k]);
    }
    return kept - before;
  }

  /// Adds the first row that has a positive weight and is not yet a seed.
  Index add_in_order(MatrixView<float> centroids, Index held) {
    const Shard& shard = distances_.shard();
    Index own = 0;
    while (own < shard.rows() && (distances_.weight(own) <= 0 || taken_.contains(shard.first() + own))) ++own;
    const Index found = own < shard.rows() ? shard.first() + own : shard.total();
    const std::vector<Index> firsts = shard.ranks().all_gather(&found, 1);
    const Index id = *std::min_element(firsts.begin(), firsts.end());
    distances_.gather({&id, 1}, centroids.block(held, 1));
    taken_.insert(id);
    return 1;
  }

  Philox random_;
  SeedDistances distances_;
  std::unordered_set<Index> taken_;
  std::uint64_t position_ = 0;
};

}  // namespace shoal
