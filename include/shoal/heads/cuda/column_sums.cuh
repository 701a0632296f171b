// Sums of the columns of matrices on the GPU, in a fixed order: over pieces of rows, then over the pieces. A
// product with a row of ones takes several times as long, since it has few columns to divide among threads.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// The sum of f(0), …, f(count − 1). Sixteen are computed before they are added, so that their reads from
/// memory overlap.
template <class F> SHOAL_HD float overlapped_sum(Index count, F&& f) {
  constexpr int depth = 16;
  float sum = 0.f, terms[depth];
  Index i = 0;
  for (; i + depth <= count; i += depth) {
    for (int k = 0; k < depth; ++k) terms[k] = f(i + k);
    for (int k = 0; k < depth; ++k) sum += terms[k];
  }
  for (; i < count; ++i) sum += f(i);
  return sum;
}

/// The number of rows that a thread adds up, and that of the pieces of so many rows.
inline constexpr Index column_piece = 64;
SHOAL_HD constexpr Index column_pieces(Index rows) { return block_count(rows, column_piece); }

/// The rows of a piece, where rows are divided into views (for example two, of B rows) and these into pieces.
SHOAL_HD inline Block rows_of_piece(Index piece, Index view_rows) {
  const Index view = piece / column_pieces(view_rows);
  const Index begin = (piece - view * column_pieces(view_rows)) * column_piece, rest = view_rows - begin;
  return {piece, view * view_rows + begin, rest < column_piece ? rest : column_piece};
}

/// The launch of the two kernels below: one thread for each piece and column.
inline Grid column_grid(MatrixView<const float> sums) {
  return {sums.rows * thread_per_item(sums.cols).blocks};
}

/// sums [pieces × cols] ← the sums of the columns of `values` over pieces of rows.
struct ColumnSums {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> values, MatrixView<float> sums) const {
    const Index piece = exec.block() % sums.rows;
    const Index c = exec.block() / sums.rows * exec.threads() + exec.thread();
    if (c >= sums.cols) return;
    const Block rows = rows_of_piece(piece, values.rows);
    sums(piece, c) = overlapped_sum(rows.count, [=](Index r) { return values(rows.first + r, c); });
  }
};

/// sums [2 · pieces × C] ← the sums of the probabilities over pieces of the B rows of each view. Reads the
/// logits [2B × C] once.
struct ProbabilitySums {
  float scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, const float* log_partitions,
                           MatrixView<float> sums) const {
    const Index piece = exec.block() % sums.rows;
    const Index c = exec.block() / sums.rows * exec.threads() + exec.thread();
    if (c >= sums.cols) return;
    const Block rows = rows_of_piece(piece, logits.rows / 2);
    sums(piece, c) = overlapped_sum(rows.count, [=, this](Index r) {
      return probability(logits(rows.first + r, c), scale, log_partitions[rows.first + r]);
    });
  }
};

/// out [views × cols] ← factor times the sums over the pieces of each of one or two views. One thread for
/// each view and column.
struct JoinColumnSums {
  float factor;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> sums, MatrixView<float> out) const {
    const Index item = thread_item(exec), view = item < out.cols ? 0 : 1, c = item - view * out.cols;
    if (item >= out.rows * out.cols) return;
    const Index pieces = sums.rows / out.rows;
    out(view, c) =
        overlapped_sum(pieces, [=](Index piece) { return sums(view * pieces + piece, c); }) * factor;
  }
};

}  // namespace shoal
