// Passes the rows of all ranks, piece by piece, to every rank.
#pragma once

#include <utility>

#include <shoal/backend/shard.hpp>

namespace shoal {

/// Rows of some rank that are at this rank now: ids [first, first + rows).
template <class T> struct Visiting {
  Index first;
  MatrixView<const T> rows;
};
using VisitingRows = Visiting<float>;

/// Calls visit(Visiting<T>) at every rank for all rows of all ranks, a few thousand at a time; read(first,
/// out) fills `out` with rows of this rank, which have `cols` elements. A piece is processed while the next
/// one arrives, and is then sent to the next rank. A rank holds three pieces, and sends n · cols elements in
/// total, without its own share. The order of visits differs from rank to rank.
template <class T, class Read, class Visit>
void each_visitor(Index cols, const Read& read, const Shard& shard, Workers workers, const Visit& visit) {
  const int size = shard.ranks().size(), own = shard.ranks().rank();
  const Index piece = std::max<Index>(288, 1'600'000 / std::max<Index>(cols, 1));  // some 6 MB
  Index most = 0;
  for (int r = 0; r < size; ++r) most = std::max(most, shard.rows(r));
  Matrix<T> here(std::min(piece, most), cols), next(here.rows(), cols);
  for (Index begin = 0; begin < most; begin += piece) {
    const auto rows_of = [&](int rank) { return std::clamp<Index>(shard.rows(rank) - begin, 0, piece); };
    workers.each_block(rows_of(own), 64,
                       [&](Block b, int) { read(begin + b.first, here.view().block(b.first, b.count)); });
    for (int step = 0; step < size; ++step) {
      const int guest = (own + size - step) % size, coming = (guest + size - 1) % size;
      const auto work = [&] {
        if (rows_of(guest) > 0)
          visit(Visiting<T>{shard.first(guest) + begin, here.view().block(0, rows_of(guest))});
      };
      if (step + 1 == size) {
        work();
        continue;
      }
      const auto part = [&](Matrix<T>& m, int rank) {
        return std::span(m.data(), static_cast<std::size_t>(rows_of(rank) * cols));
      };
      shard.ranks().ring(std::span<const T>(part(here, guest)), part(next, coming), work);
      std::swap(here, next);
    }
  }
}

/// The same for the rows of a source.
template <class Visit>
void each_visitor(AnyRows source, const Shard& shard, Workers workers, const Visit& visit) {
  each_visitor<float>(
      source.cols(), [&](Index first, MatrixView<float> out) { source.read(first, out); }, shard, workers,
      visit);
}

/// The same for the rows of a matrix.
template <class T, class Visit>
void each_visitor(const Matrix<T>& rows, const Shard& shard, Workers workers, const Visit& visit) {
  each_visitor<T>(
      rows.cols(),
      [&](Index first, MatrixView<T> out) {
        for (Index i = 0; i < out.rows; ++i) std::copy_n(rows.row(first + i), out.cols, out.row(i));
      },
      shard, workers, visit);
}

}  // namespace shoal
