// Lower bounds on distances by codes: of blocks of rows to all centroids at once, and of single pairs.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/bounds/byte_bounds.hpp>
#include <shoal/linalg/row_codes.hpp>

namespace shoal {

/// Lower bounds on the distances of rows to centroids from their codes (codes.hpp), at a fraction of the cost
/// of products in floats.
class CodedBounds {
 public:
  /// Scratch memory of one thread: a block of rows less the centre, and its codes.
  struct Scratch {
    Buffer<float> centred;
    CodedPanels<FastestPanels, tile_rows> coded;
  };

  /// A row has `width` bounds. `centre` is subtracted before vectors are rounded to codes. The codes of
  /// `kept` rows, all or none, are stored for single pairs.
  CodedBounds(Index width, std::vector<float> centre, Index kept)
      : width_(width), centre_(std::move(centre)) {
    const auto d = static_cast<Index>(centre_.size());
    keep_ = 1 - static_cast<float>(d + 8) * 0x1p-21f;
    if (kept > 0) rows_ = RowCodes(RowCodes::Side::left, kept, d);
  }

  void set(MatrixView<const float> centroids, Workers workers) {
    clusters_ = centroids.rows;
    Buffer<float> room;
    const MatrixView<const float> z = centred(centroids, room);
    panels_.code(z);
    if (!of_pairs()) return;
    centroids_ = RowCodes(RowCodes::Side::right, z.rows, z.cols);
    workers.each_row(z.rows, [&](Index c) { centroids_.set(c, z.row(c), z.cols); });
  }

  /// Writes the 8-bit bounds [rows × width] that codes prove, one for each row and centroid. The rows are
  /// those from `first` on; `fresh` says that their codes are to be stored, as they must be once before
  /// single pairs are bounded. O(rows · C · d).
  void bound(MatrixView<const float> rows, std::uint8_t* bounds, const ByteScale& scale, Scratch& own,
             Index first, bool fresh) {
    if (of_pairs() && fresh) {
      const MatrixView<const float> z = centred(rows, own.centred);
      for (Index i = 0; i < z.rows; ++i) rows_.set(first + i, z.row(i), z.cols);
    }
    if (panels_hold_bytes && of_pairs())
      pack_stored(first, rows.rows, own);
    else
      own.coded.code(centred(rows, own.centred));
    each_tile(own.coded.panels, panels_.panels, [&](Index row, Index col, const auto& tile) {
      bound_tile(row, col, tile, rows.rows, bounds, own.coded, scale);
    });
  }

  /// Whether codes of rows are stored, so that each_vector can be called.
  [[nodiscard]] bool of_pairs() const { return !rows_.empty(); }

  /// Calls f(from, count, distances) for runs of `which`; distances are lower bounds on the row's distances
  /// to the `count` centroids from which[from] on. O(d) per centroid.
  template <class F> void each_vector(Index row, std::span<const Label> which, const F& f) const {
    rows_.each_vector(
        row, centroids_, which,
        [&](std::size_t from, std::size_t count, FloatVector above, FloatVector squares) {
          f(from, count,
            root_below(vector_max(squares_below(squares, above), broadcast<FloatVector>(1e-30f))) - 1e-15f);
        });
  }

 private:
  void pack_stored(Index first, Index count, Scratch& own) const {
    if constexpr (panels_hold_bytes) rows_.pack(first, count, own.coded);
  }

  [[nodiscard]] MatrixView<const float> centred(MatrixView<const float> vectors, Buffer<float>& room) const {
    room.resize(static_cast<std::size_t>(vectors.rows * vectors.cols));
    const MatrixView<float> z(room.data(), vectors.rows, vectors.cols);
    for (Index i = 0; i < z.rows; ++i) subtract(vectors.row(i), centre_.data(), z.cols, z.row(i));
    return z;
  }

  template <class Sums>
  void bound_tile(Index row, Index col, const Sums& tile, Index rows, std::uint8_t* bounds,
                  const CodedPanels<FastestPanels, tile_rows>& coded, const ByteScale& scale) const {
    const Index height = std::min<Index>(tile_rows, rows - row),
                width = std::min<Index>(tile_cols, clusters_ - col);
    std::uint8_t* held = bounds + row * width_ + col;
    for (int i = 0; i < height; ++i, held += width_) {
      VectorBytes fresh[tile_vectors];
      for (int j = 0; j < tile_vectors; ++j)
        fresh[j] = roots_in_steps(
            fresh_squares(coded, row + i, col + j * vector_width, vector_at(tile, i, j)), scale);
      std::memcpy(held, fresh, width == tile_cols ? sizeof(fresh) : static_cast<std::size_t>(width));
    }
  }

  /// Lower bounds on the squared distances of row `row` of a block to a vector of centroids from `col` on;
  /// `sums` are the products of their codes.
  [[nodiscard]] FloatVector fresh_squares(const CodedPanels<FastestPanels, tile_rows>& rows, Index row,
                                          Index col, FloatVector sums) const {
    return squares_below(
        load<FloatVector>(panels_.square.data() + col) + rows.square[static_cast<std::size_t>(row)],
        products_above(rows, row, panels_, col, sums));
  }

  /// ‖x − c‖² = ‖z‖² + ‖z'‖² − 2 z·z', less a bound on the rounding error: for sums of d floats that is about
  /// (d + 20) 2⁻²³ (‖z‖² + ‖z'‖²) at most.
  [[nodiscard]] FloatVector squares_below(FloatVector squares, FloatVector products) const {
    return squares * keep_ - 2 * products;
  }

  Index width_, clusters_ = 0;
  std::vector<float> centre_;
  float keep_;
  CodedPanels<FastestPanels, tile_cols> panels_;
  RowCodes rows_, centroids_;
};

}  // namespace shoal
