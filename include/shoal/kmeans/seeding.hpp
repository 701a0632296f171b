// Where k-means starts: rows chosen at random, or by k-means++.
#pragma once

#include <limits>
#include <unordered_set>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/kmeans/nearest.hpp>

namespace shoal {

/// How the first centroids are chosen.
enum class Seeding {
  random,     ///< distinct rows, uniformly
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

/// A discrete distribution over rows given by weights that only shrink: totals a block, so that a draw is two
/// scans.
class RowDistribution {
 public:
  explicit RowDistribution(Index n) : n_(n), totals_(static_cast<std::size_t>(block_count(n, block))) {}
  static constexpr Index block = 1024;

  void set_total(Index index, double total) { totals_[static_cast<std::size_t>(index)] = total; }
  [[nodiscard]] double total() const {
    double sum = 0;
    for (const double t : totals_) sum += t;
    return sum;
  }
  /// The row at `at` in [0, total) of the cumulated weights.
  template <class Weight> [[nodiscard]] Index draw(double at, const Weight& weight) const {
    Index last = -1;  // rounding may carry `at` past the end: then the last row of weight > 0
    for (Index b = 0; b < block_count(n_, block); ++b) {
      const double total = totals_[static_cast<std::size_t>(b)];
      if (at >= total && b + 1 < block_count(n_, block)) {
        at -= total;
        continue;
      }
      const Block rows = block_at(n_, block, b);
      for (Index i = rows.first; i < rows.first + rows.count; ++i) {
        const double w = weight(i);
        if (w <= 0) continue;
        if (at < w) return i;
        at -= w;
        last = i;
      }
    }
    return last;
  }

 private:
  Index n_;
  std::vector<double> totals_;
};

/// k-means++: each next centroid is a row drawn with probability ∝ w_i D_i², D_i its distance to the nearest
/// chosen so far. Blocked, and exact all the same: a batch of candidates is drawn from the D² of the batch's
/// start, and each is kept with probability D²(now) / D²(then), which makes those kept follow the
/// distribution of now. So the distances of all rows are updated by one product a batch. When all D² are 0,
/// the rest are rows not chosen yet, in order.
class PlusPlus {
 public:
  PlusPlus(const FeatureRows& rows, std::span<const float> weights, std::uint64_t seed, const Cpu& cpu)
      : rows_(rows), weights_(weights), random_(seed, 0x2B2B), cpu_(cpu), spread_(rows.rows()) {
    square_.assign(static_cast<std::size_t>(rows.rows()), std::numeric_limits<float>::infinity());
  }

  /// Fills `centroids` [C × d]. Pre: at least C rows have a weight.
  void choose(MatrixView<float> centroids) {
    add_first(centroids);
    for (Index held = 1; held < centroids.rows;) {
      const Index limit = std::min<Index>(centroids.rows - held, std::min<Index>(held, 256));
      const double total = spread_.total();
      const Index kept = total > 0 ? add_batch(centroids, held, limit, total) : add_in_order(centroids, held);
      update(centroids.block(held, kept));
      held += kept;
    }
  }

 private:
  [[nodiscard]] double weight(Index i) const {
    return weights_.empty() ? 1.0 : double{weights_[static_cast<std::size_t>(i)]};
  }
  [[nodiscard]] double mass(Index i) const { return weight(i) * square_[static_cast<std::size_t>(i)]; }

  void add_first(MatrixView<float> centroids) {
    RowDistribution uniform(rows_.rows());
    for (Index b = 0; b < block_count(rows_.rows(), RowDistribution::block); ++b) {
      const Block rows = block_at(rows_.rows(), RowDistribution::block, b);
      double total = 0;
      for (Index i = rows.first; i < rows.first + rows.count; ++i) total += weight(i);
      uniform.set_total(b, total);
    }
    const Index first =
        uniform.draw(random_.uniform(position_++) * uniform.total(), [&](Index i) { return weight(i); });
    take(first, centroids.row(0));
    taken_.insert(first);
    update(centroids.block(0, 1));
  }

  Index add_batch(MatrixView<float> centroids, Index held, Index limit, double total) {
    Index kept = 0;
    for (Index tries = 0; kept < limit && tries < 3 * limit;
         ++tries) {  // past that the batch's start is too stale
      const Index pick = spread_.draw(random_.uniform(position_) * total, [&](Index i) { return mass(i); });
      const double accept = random_.uniform(position_ + 1);
      position_ += 2;
      float* candidate = centroids.row(held + kept);
      take(pick, candidate);
      const double then = square_[static_cast<std::size_t>(pick)];
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
    while (weight(next_) <= 0 || taken_.contains(next_)) ++next_;
    take(next_, centroids.row(held));
    taken_.insert(next_);
    return 1;
  }

  void take(Index row, float* out) { rows_.gather({&row, 1}, {out, 1, rows_.cols()}); }

  void update(MatrixView<const float> added) {
    if (added.rows == 0) return;
    PackedCentroids packed;
    packed.pack(added);
    const Index n = rows_.rows(), cols = rows_.cols(), step = pass_rows(cols);
    std::vector<NearestScratch> scratch(static_cast<std::size_t>(cpu_.threads()));
    std::vector<Buffer<float>> buffers(scratch.size());
    cpu_.each_block(n, RowDistribution::block, [&](Block b, int lane) {
      Buffer<float>& buffer = buffers[static_cast<std::size_t>(lane)];
      buffer.resize(static_cast<std::size_t>(step * cols));
      double total = 0;
      Label label[32 * tile_rows];
      float value[32 * tile_rows];
      for (Index first = b.first; first < b.first + b.count; first += step) {
        const MatrixView<float> x(buffer.data(), std::min(step, b.first + b.count - first), cols);
        rows_.read(first, x);
        nearest(x, packed, scratch[static_cast<std::size_t>(lane)], label, value);
        for (Index i = 0; i < x.rows; ++i) {
          float& square = square_[static_cast<std::size_t>(first + i)];
          // The expanded form decides roughly; where it may matter the exact one is taken, 0 for a copy of a
          // centroid.
          const double rough = squared_norm(x.row(i), cols) + 2.0 * value[i];
          if (rough < square)
            square =
                std::min(square, static_cast<float>(squared_distance(x.row(i), added.row(label[i]), cols)));
          total += mass(first + i);
        }
      }
      spread_.set_total(b.index, total);
    });
  }

  const FeatureRows& rows_;
  std::span<const float> weights_;
  Philox random_;
  const Cpu& cpu_;
  RowDistribution spread_;
  Buffer<float> square_;
  std::unordered_set<Index> taken_;
  std::uint64_t position_ = 0;
  Index next_ = 0;
};

}  // namespace shoal
