// The sums of the rows of each cluster, updated by the rows that move.
#pragma once

#include <numeric>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/frame.hpp>
#include <shoal/kmeans/geometry.hpp>
#include <shoal/kmeans/sum_grids.hpp>

namespace shoal {

/// A row that changes its cluster; from < 0 if it had none.
struct Move {
  Index row;
  Label from, to;
};

/// S_c = Σ w x, W_c = Σ w and the number of rows of every cluster, as integers on the grids of their columns
/// (core/exact_sums.hpp). They depend on the labels alone: not on the moves that led to them, on the order of
/// the moves, or on the ranks that hold the rows. Memory is one array of C × d for any number of threads, or
/// two over ranks.
class ClusterSums {
 public:
  ClusterSums(Index clusters, SumGrids grids)
      : grids_(std::move(grids)), own_(clusters, std::ssize(grids_.columns) + 2, 0) {}

  /// The memory of apply() and a list of moves for n rows, in bytes.
  static std::size_t moved_bytes(Index n, Index cols) {
    return chunk * static_cast<std::size_t>(cols) * sizeof(float) +
           static_cast<std::size_t>(std::min<Index>(n, 32768)) * 2 * sizeof(Move);
  }

  [[nodiscard]] double sum(Index c, Index j) const {
    return grids_.columns[static_cast<std::size_t>(j)].value(all()(c, j));
  }
  [[nodiscard]] double weight(Index c) const { return grids_.weights.value(all()(c, cols())); }
  [[nodiscard]] Index count(Index c) const { return all()(c, cols() + 1); }
  [[nodiscard]] Index clusters() const { return own_.rows(); }
  [[nodiscard]] Index cols() const { return own_.cols() - 2; }

  /// Applies the moves and reads the moved rows once. Threads divide the columns. O(moves · d).
  void apply(const Buffer<Move>& moves, const CheckedRows& rows, std::span<const float> weights,
             Workers workers) {
    for (Index done = 0; done < std::ssize(moves); done += chunk)
      apply_chunk(moves.data() + done, std::min(chunk, std::ssize(moves) - done), rows, weights, workers);
  }

  /// Sums over the rows of all ranks. All ranks must call it after they have applied their moves. Exchanges C
  /// (d + 2) numbers of 8 bytes.
  void share(const AnyCommunicator& ranks) {
    if (ranks.is_alone()) return;
    all_ = own_;
    ranks.sum({all_.data(), static_cast<std::size_t>(all_.size())});
  }

  [[nodiscard]] const SumGrids& grids() const { return grids_; }
  /// The sums of this rank [C × (d + 2)] in units of their grids, for an engine that sums elsewhere: Σ w x,
  /// then Σ w, then the number of rows.
  [[nodiscard]] MatrixView<std::int64_t> units() { return own_; }

  /// Renumbers cluster c as renamed[c]; clusters with a negative number are removed.
  void keep_only(std::span<const Label> renamed, Index clusters) {
    for (Matrix<std::int64_t>* numbers : {&own_, &all_}) {
      if (numbers->rows() == 0) continue;
      Matrix<std::int64_t> left(clusters, numbers->cols());
      for (std::size_t c = 0; c < renamed.size(); ++c)
        if (renamed[c] >= 0)
          std::copy_n(numbers->row(static_cast<Index>(c)), left.cols(), left.row(renamed[c]));
      *numbers = std::move(left);
    }
  }

  /// Σ_c (W_c ‖c‖² − 2 c·S_c), which together with Σ w ‖x‖² gives the objective of all rows.
  [[nodiscard]] double spread(MatrixView<const float> centroids, Workers workers) const {
    std::vector<double> parts(static_cast<std::size_t>(clusters()));
    workers.each_block(clusters(), 16, [&](Block b, int) {
      for (Index c = b.first; c < b.first + b.count; ++c) {
        const float* x = centroids.row(c);
        parts[static_cast<std::size_t>(c)] =
            weight(c) * squared_norm(x, cols()) -
            2 * sum_in_double(cols(), [&](Index j) { return x[j] * this->sum(c, j); });
      }
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  }

  /// Computes the centroid of cluster c from rows in that frame: its mean, normalised under cosine. Returns
  /// false and leaves `out` unchanged if there is none (no weight, or directions that cancel).
  bool centroid(Index c, const Frame& frame, float* out) const {
    if (!(weight(c) > 0)) return false;
    std::vector<double> sums;
    for (Index j = 0; j < cols(); ++j) sums.push_back(sum(c, j));
    return frame.centroid(sums.data(), weight(c), {out, sums.size()});
  }

  /// Moves the centroids [C × d] to those of their clusters; clusters without a centroid keep theirs.
  void move_centroids(const Frame& frame, MatrixView<float> centroids, Workers workers) const {
    workers.each_block(clusters(), 16, [&](Block b, int) {
      for (Index c = b.first; c < b.first + b.count; ++c) this->centroid(c, frame, centroids.row(c));
    });
  }

 private:
  static constexpr Index chunk = 4096;

  [[nodiscard]] const Matrix<std::int64_t>& all() const { return all_.rows() > 0 ? all_ : own_; }

  void apply_chunk(const Move* moves, Index n, const CheckedRows& rows, std::span<const float> weights,
                   Workers workers) {
    const Index cols = this->cols();
    buffer_.resize(static_cast<std::size_t>(n * cols));
    const MatrixView<float> moved(buffer_.data(), n, cols);
    workers.each_block(n, 256, [&](Block b, int) {
      Index ids[256];
      for (Index i = 0; i < b.count; ++i) ids[i] = moves[b.first + i].row;
      rows.gather({ids, static_cast<std::size_t>(b.count)}, moved.block(b.first, b.count));
    });
    const auto weight_of = [&](Index row) {
      return weights.empty() ? 1.0 : double{weights[static_cast<std::size_t>(row)]};
    };
    workers.each_block(cols, 64, [&](Block b, int) {
      const SumGrid* grid = grids_.columns.data() + b.first;
      for (Index i = 0; i < n; ++i) {
        const Move& move = moves[i];
        const double w = weight_of(move.row);
        const float* x = moved.row(i) + b.first;
        std::int64_t* in = own_.row(move.to) + b.first;
        for (Index j = 0; j < b.count; ++j) in[j] += grid[j].units(w * x[j]);
        if (move.from < 0) continue;
        std::int64_t* out = own_.row(move.from) + b.first;
        for (Index j = 0; j < b.count; ++j) out[j] -= grid[j].units(w * x[j]);
      }
    });
    for (Index i = 0; i < n; ++i) {
      const Move& move = moves[i];
      shift(move.to, weight_of(move.row), 1);
      if (move.from >= 0) shift(move.from, weight_of(move.row), -1);
    }
  }

  void shift(Label c, double weight, Index rows) {
    own_(c, cols()) += rows * grids_.weights.units(weight);
    own_(c, cols() + 1) += rows;
  }

  SumGrids grids_;
  Matrix<std::int64_t> own_, all_;  // [C × (d + 2)] sums, weight, count; all_ is empty until ranks share
  Buffer<float> buffer_;
};

}  // namespace shoal
