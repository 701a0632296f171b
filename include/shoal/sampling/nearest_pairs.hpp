// The sampler NearestPairs: the partner of a sample is one of its nearest neighbours.
#pragma once

#include <vector>

#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// Draws the partner uniformly from the sample's m neighbours, as TEMI, WPMI, PMI and SCAN do. It is a view
/// of the ids [n × m] (in memory or mapped from a file), which must outlive it.
class NearestPairs {
 public:
  explicit NearestPairs(BorrowedView<MatrixView<const std::int32_t>> ids) : ids_(ids) {}
  explicit NearestPairs(const Neighbors& neighbors) : ids_(neighbors.ids) {}
  explicit NearestPairs(Neighbors&&) = delete;  // a temporary would be destroyed too early

  /// Throws unless there is one row of neighbours for each sample and every id is a sample. Reads all n × m
  /// ids.
  void validate(AnyRows features) const {
    const Index n = features.rows();
    check(ids_.rows == n && ids_.cols >= 1, Errc::invalid_argument, "NearestPairs: neighbors is ", ids_.rows,
          " x ", ids_.cols, " for ", n, " samples; it must have a row of at least one neighbour for each");
    for (Index i = 0; i < n; ++i)
      for (const std::int32_t id : ids_.span(i))
        check(id >= 0 && id < n, Errc::bad_data, "NearestPairs: neighbour ", id, " of sample ", i,
              " must be a sample, 0 to ", n - 1);
  }

  /// A checksum of all ids.
  [[nodiscard]] std::uint64_t inspect(Workers workers) const {
    constexpr Index block_rows = 8192;
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(block_count(ids_.rows, block_rows)));
    workers.each_block(ids_.rows, block_rows, [&](Block block, int) {
      std::uint64_t sum = 0;
      for (Index i = block.first; i < block.first + block.count; ++i)
        sum = sum * 0x9E3779B97F4A7C15u + checksum(ids_.row(i), ids_.span(i).size_bytes());
      sums[static_cast<std::size_t>(block.index)] = sum;
    });
    return checksum(sums.data(), sums.size() * sizeof(std::uint64_t));
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    gather_pairs(features, ids, x, partner,
                 [&](Index id) { return Index{ids_(id, draw.below(ids_.cols, id))}; });
  }

 private:
  MatrixView<const std::int32_t> ids_;
};
static_assert(Sampler<NearestPairs>);

}  // namespace shoal
