// Assigns every row by the full product in register tiles, which is the fastest way if nothing can be pruned.
#pragma once

#include <vector>

#include <shoal/core/fixed_array.hpp>
#include <shoal/kmeans/assigner.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// The nearest centroid of every row by fused products (kmeans/nearest.hpp).
class FullAssigner final : public BlockAssigner {
 public:
  FullAssigner(const AssignmentJob& job, Workers workers)
      : BlockAssigner(job, workers), scratch_(workers.threads()) {}

 protected:
  void begin(MatrixView<const float> centroids) override { packed_.pack(centroids); }

  void assign_block(Index first, std::span<Label> labels, int worker) override {
    Scratch& own = scratch_[worker];
    const Index count = static_cast<Index>(labels.size()), cols = rows_.cols();
    own.rows.resize(static_cast<std::size_t>(count * cols));
    own.values.resize(labels.size());
    const MatrixView<float> x(own.rows.data(), count, cols);
    rows_.read(first, x);
    if (labels[0] < 0)
      for (Index i = 0; i < count; ++i)
        squares_[static_cast<std::size_t>(first + i)] = squared_norm(x.row(i), cols);
    nearest(x, packed_, own.nearest, labels.data(), own.values.data());
  }

 private:
  struct Scratch {
    NearestScratch nearest;
    Buffer<float> rows, values;
  };
  PackedCentroids packed_;
  FixedArray<Scratch> scratch_;
};

/// Finds the few nearest centroids of rows by the same products. The bits of a row's result depend on the
/// row, the centroids and the prices only, never on which rows are searched together.
class TileSearch final : public CentroidSearch {
 public:
  TileSearch(MatrixView<const float> centroids, Workers workers) : workers_(workers) {
    packed_.pack(centroids);
    half_ = packed_.half;
  }

  void find(const CentroidQuestion& question, const Sink& sink) override {
    for (std::size_t c = 0; c < half_.size(); ++c)
      packed_.half[c] = c < question.prices.size() ? half_[c] + question.prices[c] : half_[c];
    const CheckedRows& rows = question.rows;
    const Index cols = rows.cols(), step = pass_rows(cols);
    FixedArray<Scratch> scratch(workers_.threads());
    const auto block = [&](const Block& b, int worker) {
      Scratch& own = scratch[worker];
      own.rows.resize(static_cast<std::size_t>(b.count * cols));
      const MatrixView<float> x(own.rows.data(), b.count, cols);
      if (question.ids)
        rows.gather_scattered(
            question.ids->subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count)), x);
      else
        rows.read(b.first, x);
      sink(own.find(x, packed_, b.first, question));
    };
    if (question.ids)
      workers_.each_block(std::ssize(*question.ids), step, block);
    else
      rows.each_block(workers_, step, block);
  }
  [[nodiscard]] bool shares_of_nearest() const override { return true; }

 private:
  struct Scratch {
    NearestScratch nearest;
    Buffer<float> rows, values, shares;
    std::vector<Label> labels;

    FoundCentroids find(MatrixView<const float> x, const PackedCentroids& centroids, Index place,
                        const CentroidQuestion& question) {
      const Index count = question.count;
      const float sharpness = question.sharpness;
      labels.resize(static_cast<std::size_t>(x.rows * count));
      values.resize(labels.size());
      const MatrixView<Label> found(labels.data(), x.rows, count);
      const MatrixView<float> least(values.data(), x.rows, count);
      shares.resize(sharpness > 0 ? static_cast<std::size_t>(x.rows) : 0);
      if (sharpness > 0)
        nearest_few(x, centroids, nearest, found, least, [&](Index i, const float* all) {
          const CpuTeam team{centroids.panels.rows()};
          const float lowest = least(i, 0);
          shares[static_cast<std::size_t>(i)] =
              1 / team.sum([=](auto c) { return exp((c.load(all) - lowest) * -sharpness); });
        });
      else if (count == 1)
        shoal::nearest(x, centroids, nearest, found.data, least.data);
      else
        nearest_few(x, centroids, nearest, found, least);
      return {place, x, found, least, shares};
    }
  };
  Workers workers_;
  PackedCentroids packed_;
  Buffer<float> half_;
};

}  // namespace shoal
