// Distances of single (row, centroid) pairs in float32, with bounds on their rounding.
#pragma once

#include <span>
#include <vector>

#include <shoal/kmeans/geometry.hpp>
#include <shoal/linalg/tile.hpp>

namespace shoal {

/// ‖x − c‖ within [lower, upper]; value = ‖c‖² / 2 − x·c, by which centroids are compared for one row.
struct PairDistance {
  float value, lower, upper;
};

/// The centroids of an iteration, and distances to them one pair at a time. The rounding of a sum of d
/// products is at most `error` times the squared lengths; every interval is widened by that.
class PairDistances {
 public:
  explicit PairDistances(Index cols) : error_(static_cast<float>(cols + 8) * 0x1p-22f) {}

  /// ids [C]: the numbers by which ties are resolved; they must live as long as they are used.
  void set(Matrix<float> centroids, std::span<const Label> ids) {
    centroids_ = std::move(centroids);
    ids_ = ids;
    half_.resize(static_cast<std::size_t>(centroids_.rows()));
    for (Index c = 0; c < centroids_.rows(); ++c)
      half_[static_cast<std::size_t>(c)] =
          static_cast<float>(squared_norm(centroids_.row(c), centroids_.cols()) / 2);
  }
  [[nodiscard]] const Matrix<float>& centroids() const { return centroids_; }

  /// From x·c and ‖x‖².
  [[nodiscard]] PairDistance from(float product, float square, Label c) const {
    const float half = half_[static_cast<std::size_t>(c)], value = half - product;
    const float near = square + 2 * value, slack = error_ * (square + 2 * half);
    return {value, std::sqrt(std::max(0.f, near - slack)), std::sqrt(std::max(0.f, near + slack))};
  }
  [[nodiscard]] PairDistance of(const float* x, float square, Label c) const {
    return from(dot(x, centroids_.row(c), centroids_.cols()), square, c);
  }

  /// x·c for each c of `some`, four at a time.
  void multiply(const float* x, std::span<const Label> some, Buffer<float>& products) const {
    const std::size_t count = some.size();
    products.resize((count + 3) / 4 * 4);
    for (std::size_t k = 0; k < count; k += 4) {
      const float* y[4];
      for (std::size_t u = 0; u < 4; ++u) y[u] = centroids_.row(some[std::min(k + u, count - 1)]);
      float product[4];
      dot4(x, y, centroids_.cols(), product);
      std::copy_n(product, 4, products.data() + k);
    }
  }

  /// Whether c (of that value) is nearer than `label` (of value `held`), ties to the lower id. Pairs
  /// that rounding could decide are compared by the sums of the full product, so that labels are those of
  /// nearest(), bit for bit.
  [[nodiscard]] bool is_nearer(const float* x, float square, Label c, float value, Label label,
                               float held) const {
    const auto half = [&](Label k) { return half_[static_cast<std::size_t>(k)]; };
    const float slack = error_ * (square + half(c) + half(label));
    if (std::abs(value - held) > slack) return value < held;
    const Index d = centroids_.cols();
    const float exact = half(c) - dot_in_tile(x, centroids_.row(c), d);
    const float exact_held = half(label) - dot_in_tile(x, centroids_.row(label), d);
    return exact < exact_held ||
           (exact == exact_held && ids_[static_cast<std::size_t>(c)] < ids_[static_cast<std::size_t>(label)]);
  }

 private:
  Matrix<float> centroids_;
  std::span<const Label> ids_;
  Buffer<float> half_;  // [C] ‖c‖² / 2
  float error_;
};

}  // namespace shoal
