// How far rows are from the seeds chosen so far, and draws by it: what k-means++ and its Markov chains share.
#pragma once

#include <limits>
#include <vector>

#include <shoal/core/random.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/nearest.hpp>

namespace shoal {

/// A discrete distribution over rows, by totals a block, so that a draw is two scans.
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
  /// Σ mass(i) over all rows, which later draws by the same mass rest on.
  template <class Mass> double fill(Workers workers, const Mass& mass) {
    workers.each_block(n_, block, [&](Block b, int) {
      double total = 0;
      for (Index i = b.first; i < b.first + b.count; ++i) total += mass(i);
      set_total(b.index, total);
    });
    return total();
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

/// D_i², the squared distance of each row to the nearest seed so far, its weight w_i, and the distribution
/// w_i D_i² over rows.
class SeedDistances {
 public:
  SeedDistances(const CheckedRows& rows, std::span<const float> weights, Workers workers)
      : rows_(rows), weights_(weights), workers_(workers), spread_(rows.rows()) {
    square_.assign(static_cast<std::size_t>(rows.rows()), std::numeric_limits<float>::infinity());
  }

  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] double weight(Index i) const {
    return weights_.empty() ? 1.0 : double{weights_[static_cast<std::size_t>(i)]};
  }
  [[nodiscard]] double square(Index i) const { return square_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] double mass(Index i) const { return weight(i) * square(i); }
  [[nodiscard]] double total() const { return spread_.total(); }
  /// The row at `at` in [0, total()) of the cumulated masses.
  [[nodiscard]] Index draw(double at) const {
    return spread_.draw(at, [&](Index i) { return mass(i); });
  }

  /// A row drawn by weight alone becomes the first seed, written to `seed`.
  Index first(double uniform, MatrixView<float> seed) {
    const auto by_weight = [&](Index i) { return weight(i); };
    RowDistribution weights(rows());
    const double total = weights.fill(workers_, by_weight);
    const Index row = weights.draw(uniform * total, by_weight);
    rows_.gather({&row, 1}, seed);
    update(seed);
    return row;
  }

  /// Takes in more seeds: one product with all rows.
  void update(MatrixView<const float> added) {
    if (added.rows == 0) return;
    PackedCentroids packed;
    packed.pack(added);
    const Index cols = rows_.cols(), step = pass_rows(cols);
    std::vector<NearestScratch> scratch(static_cast<std::size_t>(workers_.threads()));
    std::vector<Buffer<float>> buffers(scratch.size());
    rows_.each_block(workers_, RowDistribution::block, [&](Block b, int worker) {
      Buffer<float>& buffer = buffers[static_cast<std::size_t>(worker)];
      buffer.resize(static_cast<std::size_t>(step * cols));
      double total = 0;
      Label label[32 * tile_rows];
      float value[32 * tile_rows];
      for (Index first = b.first; first < b.first + b.count; first += step) {
        const MatrixView<float> x(buffer.data(), std::min(step, b.first + b.count - first), cols);
        rows_.read(first, x);
        nearest(x, packed, scratch[static_cast<std::size_t>(worker)], label, value);
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

 private:
  const CheckedRows& rows_;
  std::span<const float> weights_;
  Workers workers_;
  RowDistribution spread_;
  Buffer<float> square_;
};

}  // namespace shoal
