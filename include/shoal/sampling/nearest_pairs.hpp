// The sampler NearestPairs: the partner of a sample is one of its nearest neighbours.
#pragma once

#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// Draws the partner uniformly from the sample's m neighbours, as TEMI, WPMI, PMI and SCAN do. It is a view
/// of the ids [n × m] (in memory or mapped from a file), which must outlive it. Over ranks, each rank has the
/// neighbours of its own rows, by ids through all ranks, as exact_neighbors returns them.
class NearestPairs {
 public:
  explicit NearestPairs(BorrowedView<MatrixView<const std::int32_t>> ids) : ids_(ids) {}
  explicit NearestPairs(const Neighbors& neighbors) : ids_(neighbors.ids) {}
  explicit NearestPairs(Neighbors&&) = delete;  // a temporary would be destroyed too early

  /// Throws unless there is one row of neighbours for each sample and every id is a sample. Reads all n × m
  /// ids.
  void validate(AnyRows features) const { validate(features, features.rows()); }
  /// The same for the rows of one rank, whose neighbours have ids below the number of samples of all ranks.
  void validate(AnyRows own, Index samples) const {
    const Index n = own.rows();
    check(ids_.rows == n && (ids_.cols >= 1 || n == 0), Errc::invalid_argument, "NearestPairs: neighbors (",
          ids_.rows, " × ", ids_.cols, ") must have a row of at least one neighbour for each of ", n,
          " samples");
    for (Index i = 0; i < n; ++i)
      for (const std::int32_t id : ids_.span(i))
        check(id >= 0 && id < samples, Errc::bad_data, "NearestPairs: neighbour ", id, " of sample ", i,
              " must be a sample, 0 to ", samples - 1);
  }

  /// A checksum of all ids, of which the first row has the neighbours of sample `first`.
  [[nodiscard]] std::uint64_t inspect(Workers workers, Index first = 0) const {
    constexpr Index block_rows = 8192;
    return workers.reduce_blocks(
        ids_.rows, block_rows, std::uint64_t{0},
        [&](Block block) {
          std::uint64_t sum = 0;
          for (Index i = block.first; i < block.first + block.count; ++i)
            sum +=
                row_checksum(static_cast<std::uint64_t>(first + i), ids_.row(i), ids_.span(i).size_bytes());
          return sum;
        },
        [](std::uint64_t& sum, std::uint64_t part) { sum += part; });
  }

  /// The id of the partner of sample number `row` of the rows at hand.
  [[nodiscard]] Index partner_of(Index row, Draw draw) const { return ids_(row, draw.below(ids_.cols, row)); }

  void pairs(AnyRows features, std::span<const Index> ids, Draw draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    gather_pairs(features, ids, x, partner, [&](Index id) { return this->partner_of(id, draw); });
  }

 private:
  MatrixView<const std::int32_t> ids_;
};
static_assert(ShardSampler<NearestPairs>);

}  // namespace shoal
