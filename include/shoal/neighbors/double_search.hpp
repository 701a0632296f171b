// Brute-force search in double precision, for the few rows whose neighbours float32 can't distinguish.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>

#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/neighbors/search_rows.hpp>

namespace shoal {

/// A row and its exact rank (SearchRows). A larger rank is better; among equal ranks the lower id is.
struct ExactCandidate {
  double rank;
  Index id;

  [[nodiscard]] friend bool operator<(const ExactCandidate& a, const ExactCandidate& b) {
    return a.rank > b.rank || (a.rank == b.rank && a.id < b.id);
  }
};

/// Writes, for each of the `rows` of `asking`, the `count` best rows of `asked` into its row of ids. With
/// `self` the two are the same, and no row is its own neighbour. O(rows · n · d) in double; each block of
/// `asked` is read once for every 256 rows.
inline void search_in_double(const SearchRows& asking, const SearchRows& asked, bool self,
                             std::span<const Index> rows, MatrixView<std::int32_t> ids, Workers workers) {
  constexpr Index group = 256, block_rows = 512;
  const auto count = static_cast<std::size_t>(ids.cols);
  for (Index g = 0; g < block_count(std::ssize(rows), group); ++g) {
    const Block some = block_at(std::ssize(rows), group, g);
    const auto which =
        rows.subspan(static_cast<std::size_t>(some.first), static_cast<std::size_t>(some.count));
    Matrix<float> x(some.count, asking.cols()), y(std::min(asked.rows(), block_rows), asked.cols());
    asking.source().gather(which, x);
    FixedArray<Buffer<ExactCandidate>> best(some.count);
    for (Index b = 0; b < block_count(asked.rows(), block_rows); ++b) {
      const Block base = block_at(asked.rows(), block_rows, b);
      asked.source().read(base.first, y.view().block(0, base.count));
      workers.each_task(some.count, [&](Index i, int) {
        const Index row = which[static_cast<std::size_t>(i)];
        Buffer<ExactCandidate>& held = best[i];
        for (Index j = 0; j < base.count; ++j) {
          const Index id = base.first + j;
          if (self && id == row) continue;
          const ExactCandidate candidate{asking.exact_rank(row, x.row(i), asked, id, y.row(j)), id};
          if (held.size() == count && !(candidate < held.back())) continue;
          if (held.size() == count) held.pop_back();
          held.insert(std::upper_bound(held.begin(), held.end(), candidate), candidate);
        }
      });
    }
    for (Index i = 0; i < some.count; ++i)
      for (std::size_t k = 0; k < count; ++k)
        ids(which[static_cast<std::size_t>(i)], static_cast<Index>(k)) =
            static_cast<std::int32_t>(best[i][k].id);
  }
}

}  // namespace shoal
