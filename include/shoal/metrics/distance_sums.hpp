// Sums distances between two blocks of rows by cluster, for both sides while the block is in cache.
#pragma once

#include <shoal/metrics/cluster_order.hpp>
#include <shoal/metrics/distance_block.hpp>
#include <shoal/simd/vector.hpp>

namespace shoal {

/// The destination of the right rows' sums [right rows × clusters of the left rows' group]. The left rows are
/// contiguous from position `first` on. Without a group the sums are not computed.
struct RightSums {
  MatrixView<double> sums;
  const ClusterGroup* left = nullptr;
  Index first = 0;
};

/// The working memory of one thread: a block of left rows and a block of right rows. The reader and the order
/// must outlive it.
class DistanceSums {
 public:
  static constexpr Index left_rows = 512, right_rows = 1024;  ///< maximum rows of a block

  DistanceSums(const DistanceReader& reader, const ClusterOrder& order) : reader_(&reader), order_(&order) {}

  /// Reads the left rows.
  void read_left(std::span<const Index> ids) { reader_->gather(ids, left_); }

  /// Adds the distances between the left rows and the rows `b` of a group, the right rows, to `left_sums`
  /// [left rows × clusters of the right rows' group] and to the right rows' sums.
  void add(const ClusterGroup& group, Block b, MatrixView<double> left_sums, RightSums right = {}) {
    const Index at = group.first_row + b.first;
    reader_->gather(order_->rows(at, b.count), right_);
    const MatrixView<float> block = block_.view().block(0, left_.count()).columns(0, b.count);
    const auto gap = [&](Index i, Index j) { return reader_->square_gap(left_, i, right_, j); };
    distances(left_, right_, reader_->distance(), reader_->scale(), gap, block, product_);
    order_->each_run(at, b.count, [&](Index k, Index from, Index length) {
      for (Index i = 0; i < block.rows; ++i)
        left_sums(i, k - group.first_cluster) += static_cast<double>(sum(block.row(i) + from, length));
    });
    if (!right.left) return;
    order_->each_run(right.first, block.rows, [&](Index k, Index from, Index length) {
      this->sum_columns(block.block(from, length));
      for (Index j = 0; j < b.count; ++j)
        right.sums(j, k - right.left->first_cluster) +=
            static_cast<double>(column_sums_[static_cast<std::size_t>(j)]);
    });
  }

 private:
  /// The sum of p[0 … count), by whole vectors; the last vector is masked. The memory up to its end must be
  /// readable.
  static float sum(const float* p, Index count) {
    IntVector index;
    for (int k = 0; k < vector_width; ++k) index[k] = k;
    FloatVector total{};
    Index j = 0;
    for (; j + vector_width <= count; j += vector_width) total += load<FloatVector>(p + j);
    const IntVector keep = index < static_cast<std::int32_t>(count - j);
    return reduce_sum(total + from_bits(to_bits(load<FloatVector>(p + j)) & keep));
  }

  void sum_columns(MatrixView<const float> block) {
    for (Index j = 0; j < block.cols; j += vector_width) {
      FloatVector total{};
      for (Index i = 0; i < block.rows; ++i) total += load<FloatVector>(block.row(i) + j);
      store(column_sums_.data() + j, total);
    }
  }

  const DistanceReader* reader_;
  const ClusterOrder* order_;
  DistanceRows left_, right_;
  Matrix<float> block_{left_rows, right_rows + vector_width, 0.f};
  Buffer<float> column_sums_ = Buffer<float>(right_rows, 0.f);
  ProductScratch product_;
};

}  // namespace shoal
