// The GPU kernels of marginals: the means of a batch's probabilities by column, and the running marginal.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/heads/moving_average.hpp>
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

/// The number of rows whose probabilities a thread adds up, and the pieces that the B rows of a view consist
/// of.
inline constexpr Index column_piece = 64;
inline Index column_pieces(Index batch) { return block_count(batch, column_piece); }

/// sums [2 · column_pieces(B) × C] ← the sums of the probabilities over pieces of rows, view by view. One
/// thread for each piece and column; reads the logits [2B × C] once.
struct ColumnSums {
  float scale;

  static Grid grid(Index batch, Index clusters) {
    return {2 * column_pieces(batch) * thread_per_item(clusters).blocks};
  }
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, const float* log_partitions,
                           MatrixView<float> sums) const {
    const Index piece = exec.block() % sums.rows, batch = logits.rows / 2, pieces = sums.rows / 2;
    const Index c = exec.block() / sums.rows * exec.threads() + exec.thread();
    if (c >= logits.cols) return;
    const Index view = piece < pieces ? 0 : 1, begin = (piece - view * pieces) * column_piece;
    const Index first = view * batch + begin, rest = batch - begin;
    sums(piece, c) = overlapped_sum(rest < column_piece ? rest : column_piece, [=, this](Index r) {
      return probability(logits(first + r, c), scale, log_partitions[first + r]);
    });
  }
};

/// mean [2 × C] ← the mean probabilities of each view's B rows, from their sums over pieces. One thread for
/// each view and cluster.
struct JoinColumnSums {
  Index batch;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> sums, MatrixView<float> mean) const {
    const Index item = thread_item(exec), view = item < mean.cols ? 0 : 1, c = item - view * mean.cols;
    const Index pieces = sums.rows / 2;
    if (item >= 2 * mean.cols) return;
    mean(view, c) = overlapped_sum(pieces, [=](Index piece) { return sums(view * pieces + piece, c); }) /
                    static_cast<float>(batch);
  }
};

/// Moves the running marginal towards the mean of both views' marginals, and writes its logarithm. One thread
/// for each cluster.
struct MoveMarginal {
  float momentum;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> mean, float* marginal,
                           float* logarithm) const {
    const Index c = thread_item(exec);
    if (c >= mean.cols) return;
    move_marginal(At<float>{c}, mean.row(0), mean.row(1), momentum, marginal);
    logarithm[c] = log_marginal(marginal[c]);
  }
};

}  // namespace shoal
