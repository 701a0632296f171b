#include "support/random_rows.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/turtle/classifier.hpp>

using namespace shoal;

namespace {

constexpr Index rows = 70, features = 5, clusters = 4;

struct Batch {
  Matrix<float> x = test::random_rows(rows, features + 1, 1), labels = test::random_rows(rows, clusters, 2),
                weights = test::random_rows(clusters, features + 1, 3);

  Batch() {
    for (Index i = 0; i < rows; ++i) {
      x(i, features) = 1;
      turtle_impl::log_softmax(labels.row(i), clusters);
      for (Index c = 0; c < clusters; ++c) labels(i, c) = std::exp(labels(i, c));
    }
  }
  [[nodiscard]] Matrix<float> learn(TurtleClassifier& classifier) const {
    const MatrixView<float> start = classifier.weights();
    for (Index c = 0; c < clusters; ++c) std::copy_n(weights.row(c), features + 1, start.row(c));
    Matrix<float> log_q(rows, clusters);
    classifier.learn(x, labels, log_q.view());
    return log_q;
  }
};

/// log softmax(x wᵀ) in double.
Matrix<double> log_softmax_of(const Batch& batch, const Matrix<double>& w) {
  Matrix<double> z(rows, clusters);
  for (Index i = 0; i < rows; ++i) {
    double total = 0;
    for (Index c = 0; c < clusters; ++c) {
      z(i, c) = 0;
      for (Index j = 0; j <= features; ++j) z(i, c) += double{batch.x(i, j)} * w(c, j);
      total += std::exp(z(i, c));
    }
    for (Index c = 0; c < clusters; ++c) z(i, c) -= std::log(total);
  }
  return z;
}

/// What learn() gives, in double and from its definition.
Matrix<double> expected(const Batch& batch, Index steps, double rate) {
  Matrix<double> w(clusters, features + 1), first(clusters, features + 1, 0), second = first;
  for (Index k = 0; k < w.size(); ++k) w.data()[k] = double{batch.weights.data()[k]};
  for (Index m = 1; m <= steps; ++m) {
    const Matrix<double> z = log_softmax_of(batch, w);
    for (Index c = 0; c < clusters; ++c)
      for (Index j = 0; j <= features; ++j) {
        double g = 0;
        for (Index i = 0; i < rows; ++i)
          g += (std::exp(z(i, c)) - double{batch.labels(i, c)}) * double{batch.x(i, j)} / double{rows};
        first(c, j) = 0.9 * first(c, j) + 0.1 * g;
        second(c, j) = 0.999 * second(c, j) + 0.001 * g * g;
        const double mean = first(c, j) / (1 - std::pow(0.9, m)),
                     square = second(c, j) / (1 - std::pow(0.999, m));
        w(c, j) -= rate * mean / (std::sqrt(square) + 1e-8);
      }
  }
  return log_softmax_of(batch, w);
}

}  // namespace

TEST_CASE("a classifier of TURTLE learns by steps of Adam on the cross-entropy, each time anew") {
  const Batch batch;
  for (const Index steps : {Index{0}, Index{1}, Index{10}}) {
    CAPTURE(steps);
    const Matrix<double> right = expected(batch, steps, 0.05);
    const auto check = [&](const auto& backend) {
      const auto classifier = TurtleBackend(backend).classifier({rows, features, clusters, steps, 0.05});
      const Matrix<float> found = batch.learn(*classifier), again = batch.learn(*classifier);
      for (Index k = 0; k < found.size(); ++k) {
        REQUIRE(double{found.data()[k]} == doctest::Approx(right.data()[k]).epsilon(2e-5));
        REQUIRE(again.data()[k] == found.data()[k]);
      }
    };
    check(Cpu({.threads = 1}));
    check(Cpu({.threads = 3}));
    check(EigenCpu(2));
  }
}
