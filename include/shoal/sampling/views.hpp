// The sampler Views: the partner of a sample is another view of itself.
#pragma once

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/linalg/unit_row.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// The partner is the same sample in another source: features of another augmentation, a text or another
/// backbone, with the same number of columns, as for SCP. The source must outlive it.
class Views {
 public:
  explicit Views(BorrowedView<AnyRows> view) : view_(view) {}

  void validate(AnyRows features) const {
    check(view_.rows() == features.rows() && view_.cols() == features.cols(), Errc::invalid_argument,
          "Views: the view is ", view_.rows(), " x ", view_.cols(), "; it must be as the features, ",
          features.rows(), " x ", features.cols());
  }
  /// The same for the rows of one rank, whose view has the same samples.
  void validate(AnyRows own, Index) const { validate(own); }

  /// Reads the view once. Throws bad_data for a row that holds NaN or infinity, and returns a checksum of all
  /// rows, of which row 0 is sample `first`.
  [[nodiscard]] std::uint64_t inspect(Workers workers, Index first = 0) const {
    constexpr Index block_rows = 1024;
    return workers.reduce_blocks(
        view_.rows(), block_rows, std::uint64_t{0}, [&](Block block) { return inspect_block(block, first); },
        [](std::uint64_t& sum, std::uint64_t part) { sum += part; });
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    features.gather(ids, x);
    view_.gather(ids, partner);
  }

 private:
  [[nodiscard]] std::uint64_t inspect_block(Block block, Index first) const {
    Matrix<float> x(block.count, view_.cols());
    view_.read(block.first, x);
    std::uint64_t sum = 0;
    for (Index i = 0; i < x.rows(); ++i) {
      if (!is_finite(squared_norm(x.row(i), x.cols()))) {
        Index j = 0;
        while (is_finite(x(i, j))) ++j;
        fail(Errc::bad_data, "Views: row ", block.first + i, " of the view holds NaN or infinity in column ",
             j);
      }
      sum += row_checksum(static_cast<std::uint64_t>(first + block.first + i), x.row(i),
                          static_cast<std::size_t>(x.cols()) * sizeof(float));
    }
    return sum;
  }

  AnyRows view_;
};
static_assert(ShardSampler<Views>);

}  // namespace shoal
