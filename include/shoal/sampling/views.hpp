// The sampler Views: the partner of a sample is another view of itself.
#pragma once

#include <vector>

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

  /// Reads the view once. Throws bad_data for a row that holds NaN or infinity, and returns a checksum of all
  /// rows.
  [[nodiscard]] std::uint64_t inspect(Workers workers) const {
    constexpr Index block_rows = 1024;
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(block_count(view_.rows(), block_rows)));
    workers.each_block(view_.rows(), block_rows, [&](Block block, int) {
      Matrix<float> x(block.count, view_.cols());
      view_.read(block.first, x);
      for (Index i = 0; i < x.rows(); ++i) {
        if (is_finite(squared_norm(x.row(i), x.cols()))) continue;
        Index j = 0;
        while (is_finite(x(i, j))) ++j;
        fail(Errc::bad_data, "Views: row ", block.first + i, " of the view holds NaN or infinity in column ",
             j);
      }
      sums[static_cast<std::size_t>(block.index)] =
          interleaved_checksum(x.data(), static_cast<std::size_t>(x.size()) * sizeof(float));
    });
    return checksum(sums.data(), sums.size() * sizeof(std::uint64_t));
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    features.gather(ids, x);
    view_.gather(ids, partner);
  }

 private:
  AnyRows view_;
};
static_assert(Sampler<Views>);

}  // namespace shoal
