// The sampler Views: the partner of a sample is another view of itself.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/linalg/unit_row.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// The partner is the same sample in another source: features of another augmentation, a text or another
/// backbone, with the same number of columns, as for SCP. Of several sources, the features among them, a pair
/// is two different ones, drawn anew in each epoch, as SCP draws two augmentations. The sources must outlive
/// it.
class Views {
 public:
  explicit Views(BorrowedView<AnyRows> view) : views_{view} {}
  /// Of several views; throws invalid_argument if there is none.
  explicit Views(std::vector<BorrowedView<AnyRows>> views) : views_(std::move(views)) {
    check(!views_.empty(), Errc::invalid_argument, "Views: at least one view is needed");
  }

  void validate(AnyRows features) const {
    for (Index v = 0; v < count(); ++v)
      check(view(v).rows() == features.rows() && view(v).cols() == features.cols(), Errc::invalid_argument,
            "Views: ", name(v), " is ", view(v).rows(), " x ", view(v).cols(),
            "; it must be as the features, ", features.rows(), " x ", features.cols());
  }
  /// The same for the rows of one rank, whose views have the same samples.
  void validate(AnyRows own, Index) const { validate(own); }

  /// Reads each view once. Throws bad_data for a row that holds NaN or infinity, and returns a checksum of
  /// all rows of all views, of which row 0 is sample `first`.
  [[nodiscard]] std::uint64_t inspect(Workers workers, Index first = 0) const {
    constexpr Index block_rows = 1024;
    std::uint64_t all = 0;
    for (Index v = 0; v < count(); ++v)
      all += static_cast<std::uint64_t>(2 * v + 1) *  // so that the order of the views counts
             workers.reduce_blocks(
                 view(v).rows(), block_rows, std::uint64_t{0},
                 [&](Block block) { return this->inspect_block(v, block, first); },
                 [](std::uint64_t& sum, std::uint64_t part) { sum += part; });
    return all;
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    if (count() == 1) {
      features.gather(ids, x);
      return view(0).gather(ids, partner);
    }
    std::vector<Index> first(ids.size()), second(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Index drawn = draw.below((count() + 1) * count(), ids[i]);
      first[i] = drawn / count();
      second[i] = drawn % count();
      second[i] += second[i] >= first[i] ? 1 : 0;  // any but the first
    }
    gather_from(features, ids, first, x);
    gather_from(features, ids, second, partner);
  }

 private:
  [[nodiscard]] Index count() const { return std::ssize(views_); }
  [[nodiscard]] const AnyRows& view(Index v) const { return views_[static_cast<std::size_t>(v)]; }
  [[nodiscard]] std::string name(Index v) const {
    return count() == 1 ? "the view" : "view " + std::to_string(v + 1);
  }

  [[nodiscard]] std::uint64_t inspect_block(Index v, Block block, Index first) const {
    Matrix<float> x(block.count, view(v).cols());
    view(v).read(block.first, x);
    std::uint64_t sum = 0;
    for (Index i = 0; i < x.rows(); ++i) {
      if (!is_finite(squared_norm(x.row(i), x.cols()))) {
        Index j = 0;
        while (is_finite(x(i, j))) ++j;
        fail(Errc::bad_data, "Views: row ", block.first + i, " of ", name(v),
             " holds NaN or infinity in column ", j);
      }
      sum += row_checksum(static_cast<std::uint64_t>(first + block.first + i), x.row(i),
                          static_cast<std::size_t>(x.cols()) * sizeof(float));
    }
    return sum;
  }

  /// Writes sample ids[i] to row i as source number of[i] has it; number 0 is the features.
  void gather_from(AnyRows features, std::span<const Index> ids, std::span<const Index> of,
                   MatrixView<float> out) const {
    std::vector<Index> chosen, places;
    for (Index source = 0; source <= count(); ++source) {
      chosen.clear(), places.clear();
      for (std::size_t i = 0; i < ids.size(); ++i)
        if (of[i] == source) chosen.push_back(ids[i]), places.push_back(static_cast<Index>(i));
      if (chosen.empty()) continue;
      Matrix<float> rows(std::ssize(chosen), out.cols);
      const AnyRows& from = source == 0 ? features : view(source - 1);
      from.gather(chosen, rows);
      for (Index i = 0; i < rows.rows(); ++i)
        std::copy_n(rows.row(i), rows.cols(), out.row(places[static_cast<std::size_t>(i)]));
    }
  }

  std::vector<BorrowedView<AnyRows>> views_;
};
static_assert(ShardSampler<Views>);

}  // namespace shoal
