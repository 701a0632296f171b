// The distances of rows to the seeds chosen so far, and draws by them, shared by k-means++ and AFK-MC².
#pragma once

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <shoal/core/fixed_array.hpp>
#include <shoal/core/random.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/nearest.hpp>
#include <shoal/kmeans/row_distribution.hpp>

namespace shoal {

/// Computes D_i² where a backend keeps the rows.
class SeedSquares {
 public:
  SeedSquares() = default;
  SeedSquares(const SeedSquares&) = delete;
  SeedSquares& operator=(const SeedSquares&) = delete;
  virtual ~SeedSquares() = default;

  /// squares[i] ← min(squares[i], ‖x_i − the nearest of the seeds `added` [k × d]‖²), 0 for a copy of a seed.
  virtual void update(MatrixView<const float> added, std::span<float> squares) = 0;
};

/// For each row, D_i², the squared distance to the nearest seed so far, and its weight w_i, with the
/// distribution w_i D_i² over the rows of all ranks. Rows are identified by their number on this rank unless
/// ids are mentioned.
class SeedDistances {
 public:
  /// `engine` computes the squares in the place of the workers, if there is one.
  SeedDistances(const CheckedRows& rows, const Shard& shard, std::span<const float> weights, Workers workers,
                std::unique_ptr<SeedSquares> engine = nullptr)
      : rows_(rows),
        shard_(shard),
        weights_(weights),
        workers_(workers),
        engine_(std::move(engine)),
        spread_(shard) {
    square_.assign(static_cast<std::size_t>(rows.rows()), std::numeric_limits<float>::infinity());
  }

  [[nodiscard]] const Shard& shard() const { return shard_; }
  [[nodiscard]] double weight(Index i) const {
    return weights_.empty() ? 1.0 : double{weights_[static_cast<std::size_t>(i)]};
  }
  [[nodiscard]] double square(Index i) const { return square_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] double mass(Index i) const { return weight(i) * square(i); }
  [[nodiscard]] double total() const { return spread_.total(); }
  /// D² of rows of any rank, by their ids.
  [[nodiscard]] std::vector<double> squares(std::span<const Index> ids) const {
    return shard_.told<double>(ids, [&](Index id) { return square(id - shard_.first()); });
  }
  /// The ids of rows drawn with probabilities ∝ w D².
  [[nodiscard]] std::vector<Index> draw(std::span<const double> uniforms) const {
    return spread_.draw(
        uniforms, [&](Index i) { return mass(i); }, workers_);
  }
  /// The rows with these ids, from any rank.
  void gather(std::span<const Index> ids, MatrixView<float> out) const { shard_.gather(rows_, ids, out); }

  /// Draws the first seed by weight alone, and writes it to `seed`.
  Index first(double uniform, MatrixView<float> seed) {
    const auto by_weight = [&](Index i) { return weight(i); };
    RowDistribution weights(shard_);
    weights.fill(workers_, by_weight);
    const Index id = weights.draw({&uniform, 1}, by_weight, workers_)[0];
    gather({&id, 1}, seed);
    update(seed);
    return id;
  }

  /// Frees the engine. No seeds may be added afterwards.
  void end_updates() { engine_.reset(); }

  /// Adds seeds, by one product with all rows.
  void update(MatrixView<const float> added) {
    if (added.rows == 0) return;
    if (engine_)
      engine_->update(added, square_);
    else
      update_on_host(added);
    spread_.fill(workers_, [&](Index i) { return mass(i); });
  }

 private:
  void update_on_host(MatrixView<const float> added) {
    PackedCentroids packed;
    packed.pack(added);
    const Index cols = rows_.cols(), step = pass_rows(cols);
    FixedArray<NearestScratch> scratch(workers_.threads());
    FixedArray<Buffer<float>> buffers(workers_.threads());
    rows_.each_block(workers_, step, [&](Block b, int worker) {
      Buffer<float>& buffer = buffers[worker];
      buffer.resize(static_cast<std::size_t>(b.count * cols));
      Label label[32 * tile_rows];
      float value[32 * tile_rows];
      const MatrixView<float> x(buffer.data(), b.count, cols);
      rows_.read(b.first, x);
      nearest(x, packed, scratch[worker], label, value);
      for (Index i = 0; i < x.rows; ++i) {
        float& square = square_[static_cast<std::size_t>(b.first + i)];
        // The expanded form gives a first estimate. Where it could be the minimum, the exact form is used,
        // which is 0 for a copy of a centroid.
        const double rough = squared_norm(x.row(i), cols) + 2.0 * value[i];
        if (rough < square)
          square =
              std::min(square, static_cast<float>(squared_distance(x.row(i), added.row(label[i]), cols)));
      }
    });
  }

  const CheckedRows& rows_;
  const Shard& shard_;
  std::span<const float> weights_;
  Workers workers_;
  std::unique_ptr<SeedSquares> engine_;
  RowDistribution spread_;
  Buffer<float> square_;
};

}  // namespace shoal
