// Passes the rows of all ranks, piece by piece, to every rank.
#pragma once

#include <utility>

#include <shoal/backend/shard.hpp>

namespace shoal {

/// Rows of some rank that are at this rank now: ids [first, first + rows).
struct VisitingRows {
  Index first;
  MatrixView<const float> rows;
};

/// Calls visit(VisitingRows) at every rank for all rows of all ranks, a few thousand at a time. A piece is
/// processed while the next one arrives, and is then sent to the next rank. A rank holds three pieces, and
/// sends n d floats in total, without its own share. The order of visits differs from rank to rank.
template <class Visit>
void each_visitor(AnyRows source, const Shard& shard, Workers workers, const Visit& visit) {
  const int size = shard.ranks().size(), own = shard.ranks().rank();
  const Index cols = source.cols();
  const Index piece = std::max<Index>(288, 1'600'000 / std::max<Index>(cols, 1));  // some 6 MB
  Index most = 0;
  for (int r = 0; r < size; ++r) most = std::max(most, shard.rows(r));
  Matrix<float> here(std::min(piece, most), cols), next(here.rows(), cols);
  for (Index begin = 0; begin < most; begin += piece) {
    const auto rows_of = [&](int rank) { return std::clamp<Index>(shard.rows(rank) - begin, 0, piece); };
    workers.each_block(rows_of(own), 64, [&](Block b, int) {
      source.read(begin + b.first, here.view().block(b.first, b.count));
    });
    for (int step = 0; step < size; ++step) {
      const int guest = (own + size - step) % size, coming = (guest + size - 1) % size;
      const auto work = [&] {
        if (rows_of(guest) > 0)
          visit(VisitingRows{shard.first(guest) + begin, here.view().block(0, rows_of(guest))});
      };
      if (step + 1 == size) {
        work();
        continue;
      }
      const auto floats = [&](Matrix<float>& m, int rank) {
        return std::span(m.data(), static_cast<std::size_t>(rows_of(rank) * cols));
      };
      shard.ranks().ring(std::span<const float>(floats(here, guest)), floats(next, coming), work);
      std::swap(here, next);
    }
  }
}

}  // namespace shoal
