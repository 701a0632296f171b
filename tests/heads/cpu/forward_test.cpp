#include "heads/reference.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/cpu/backward.hpp>
#include <shoal/linalg/product_eigen.hpp>

using namespace shoal;

namespace {

/// Heads whose last layer takes two blocks of clusters, all parameters of some size.
struct PackedSetting {
  HeadShape shape{.features = 9, .widths = {33, 17}, .clusters = PackedHead::cluster_block + 5, .heads = 2};
  Buffer<float> parameters = initial_parameters(shape, 1);
  Matrix<float> x{20, 9};

  PackedSetting() {
    const Philox random(2, 2);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      parameters[i] += 0.4f * static_cast<float>(random.normal(i));
    for (Index i = 0; i < x.size(); ++i)
      x.data()[i] = static_cast<float>(Philox(2, 3).normal(static_cast<std::uint64_t>(i)));
  }

  [[nodiscard]] Matrix<float> logits(Index h, ProductRule rule) const {
    PackedHead head(shape, false, rule);
    for (Index task = 0; task < head.tasks(); ++task) head.pack(task, {&shape, parameters.data(), h});
    HeadPass pass(shape, x.rows(), false);
    LeftFactor rows(rule), left(rule);
    rows.pack({x, false});
    forward(head, rows, pass.rows(0, x.rows()), left);
    Matrix<float> out(x.rows(), shape.clusters);
    last_layer(head, left, out);
    return out;
  }

  /// How far logits are from those of the definition, at most.
  [[nodiscard]] double worst(ProductRule rule) const {
    const std::vector<double> wide(parameters.begin(), parameters.end());
    double most = 0;
    for (Index h = 0; h < 2; ++h) {
      const Matrix<float> z = logits(h, rule);
      for (Index i = 0; i < x.rows(); ++i) {
        const reference::Row expected =
            reference::logits(shape, wide, h, reference::Row(x.row(i), x.row(i) + 9));
        for (Index c = 0; c < z.cols(); ++c)
          most =
              std::max(most, std::abs(static_cast<double>(z(i, c)) - expected[static_cast<std::size_t>(c)]));
      }
    }
    return most;
  }
};

}  // namespace

TEST_CASE("logits are those of the definition, whoever multiplies") {
  const PackedSetting at;
  CHECK(at.worst({}) < 3e-6);
  CHECK(at.worst({.library = multiply_by_eigen}) < 3e-6);
  CHECK(at.worst({.precision = Precision::bfloat16}) < 4 * 0x1p-8);
  CHECK(at.worst({.precision = Precision::bfloat16}) > 1e-4);
}

TEST_CASE("a direction of length zero gives logits of zero, and so does a row that ends as zero") {
  PackedSetting at;
  const HeadView<float> head{&at.shape, at.parameters.data(), 0};
  std::fill_n(head.directions().row(3), at.shape.bottleneck(), 0.f);
  Matrix<float> z = at.logits(0, {});
  for (Index i = 0; i < z.rows(); ++i) CHECK(z(i, 3) == 0.f);
  std::fill_n(head.weight(1).data, 17 * 33, 0.f);
  std::fill_n(head.bias(1), 17, 0.f);
  z = at.logits(0, {});
  for (Index i = 0; i < z.size(); ++i) CHECK(z.data()[i] == 0.f);
}
