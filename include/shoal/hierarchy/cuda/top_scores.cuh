// The best few scores of rows, and the log-partitions of all their scores, on a GPU.
#pragma once

#include <algorithm>
#include <span>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/heads/cuda/loss.cuh>
#include <shoal/neighbors/cuda/merge_top.cuh>

namespace shoal {

/// scores(i, c) += bias[c]. One block for each row.
struct AddToRows {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* bias, MatrixView<float> scores) const {
    const Index i = exec.block();
    for (Index c = exec.thread(); c < scores.cols; c += exec.threads()) scores(i, c) += bias[c];
  }
};

/// The k best scores of a block's rows as words (core/scored.hpp), 0 for none, and their log-partitions.
struct TopOfBlock {
  MatrixView<const std::uint64_t> words;  ///< [rows × k] descending
  const float* log_partitions;            ///< [rows] log Σ_c exp(scale · score)
};

/// Scores of streamed rows, of which only the best leave the device. The gpu and the rows must outlive it.
template <class Rt> class GpuTopScores {
 public:
  /// For at most `widest` scores of a row, which the partitions multiply by `scale`. Rows are scaled to unit
  /// length if `unit`.
  GpuTopScores(const Gpu<Rt>& gpu, AnyRows rows, bool unit, Index widest, Index top, float scale)
      : stream_(gpu.stream()),
        top_(top),
        width_(padded(widest)),
        scale_(scale),
        block_rows_(std::clamp<Index>(std::min(most_scores / width_, rows.rows()), 1, 8192)),
        prepare_(stream_, rows.rows(), unit),
        rows_(
            stream_, rows, block_rows_, 0, [this](Block b, MatrixView<float> x) { prepare_(b, x); },
            gpu.host()),
        left_(stream_, gpu.settings().precision, block_rows_ * rows.cols()),
        scores_(stream_, block_rows_ * width_),
        partitions_(stream_, block_rows_),
        words_(stream_, block_rows_ * top),
        words_back_(stream_, block_rows_ * top),
        partitions_back_(stream_, block_rows_) {}

  /// Calls score_all(Block, rows on the device), which calls score() for parts that cover the block, and then
  /// take(Block, TopOfBlock), for each block in order.
  template <class ScoreAll, class Take> void each_block(ScoreAll&& score_all, Take&& take) {
    rows_.each_block([&](Block b, MatrixView<const float> x) {
      stream_.zero(words_.data(), b.count * top_);
      score_all(b, x);
      words_back_.start(words_.data(), b.count * top_);
      partitions_back_.start(partitions_.data(), b.count);
      const std::uint64_t* words = words_back_.take();
      take(b, TopOfBlock{{words, b.count, top_}, partitions_back_.take()});
    });
  }

  /// Scores the rows [first, first + x.rows) of the block: x · against + bias (null: none), where `against`
  /// has the shape [d × count].
  void score(Index first, MatrixView<const float> x, const Factor& against, Index count, const float* bias) {
    const MatrixView<float> all = scores_.view(x.rows, width_).columns(0, count);
    stream_.product(left_(x), against, all);
    if (bias != nullptr) stream_.launch(block_per_item(x.rows), AddToRows{}, bias, all);
    const MatrixView<const float> z = all;
    by_row_length(count, [&](auto by) {
      stream_.launch(by.grid(x.rows), LogPartitions<decltype(by)>{scale_}, z, partitions_.data() + first);
    });
    stream_.launch(warp_per_item(x.rows), MergeTop{false}, z, Index{0}, Index{0},
                   MatrixView<std::uint64_t>(words_.data() + first * top_, x.rows, top_));
  }

  /// The place of the first row so far that is not finite or, for unit rows, zero; −1 if there is none.
  Index first_bad() { return prepare_.first_bad(); }

 private:
  static constexpr Index most_scores = Index{1} << 25;

  GpuStream<Rt>& stream_;
  Index top_, width_;
  float scale_;
  Index block_rows_;
  RowPreparation<Rt> prepare_;
  DeviceRows<Rt> rows_;
  RoundedFactor<Rt> left_;
  DeviceArray<Rt, float> scores_, partitions_;
  DeviceArray<Rt, std::uint64_t> words_;
  Download<Rt, std::uint64_t> words_back_;
  Download<Rt, float> partitions_back_;
};

}  // namespace shoal
