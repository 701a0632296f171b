#include "support/random_rows.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/turtle/linear_layer.hpp>

using namespace shoal;

TEST_CASE("log softmax: probabilities sum to one, whatever is added to the scores") {
  for (const Index size : {1, 3, 16, 37}) {
    const Matrix<float> scores = test::random_rows(1, size, 4);
    Matrix<float> z = scores, shifted = scores;
    for (Index c = 0; c < size; ++c) shifted(0, c) += 500.f;
    turtle_impl::log_softmax(z.row(0), size);
    turtle_impl::log_softmax(shifted.row(0), size);
    double sum = 0;
    for (Index c = 0; c < size; ++c) {
      sum += std::exp(double{z(0, c)});
      CHECK(z(0, c) == doctest::Approx(shifted(0, c)).epsilon(1e-4));
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("the first step of Adam goes by the rate against the gradient's sign") {
  turtle_impl::Layer layer(3, 4);
  const Matrix<float> start = test::random_rows(3, 5, 1), gradient = test::random_rows(3, 5, 2);
  layer.weights = start;
  layer.gradient = gradient;
  layer.restart();
  layer.update(0.01, 0, Cpu{});
  for (Index i = 0; i < start.size(); ++i)
    CHECK(double{start.data()[i] - layer.weights.data()[i]} ==
          doctest::Approx(std::copysign(0.01, double{gradient.data()[i]})).epsilon(1e-3));
}

TEST_CASE("a normed layer begins as its directions, keeps its bias, and its length follows the gain") {
  turtle_impl::NormedLayer layer(3, 4);
  layer.directions.weights = test::random_rows(3, 5, 1);
  layer.start();
  layer.normalise();
  for (Index i = 0; i < 15; ++i)
    CHECK(layer.effective.data()[i] == doctest::Approx(layer.directions.weights.data()[i]).epsilon(1e-6));
  layer.gains.weights(1, 0) = 2;
  layer.normalise();
  double square = 0;
  for (Index j = 0; j < 4; ++j) square += double{layer.effective(1, j)} * double{layer.effective(1, j)};
  CHECK(square == doctest::Approx(4).epsilon(1e-6));
  CHECK(layer.effective(1, 4) == layer.directions.weights(1, 4));
}

TEST_CASE("the gradient of a layer is by_scores^T x") {
  const Matrix<float> by_scores = test::random_rows(6, 3, 1), x = test::random_rows(6, 5, 2);
  turtle_impl::Layer layer(3, 4);
  const Cpu cpu;
  layer.gather_gradient(by_scores, x, cpu);
  for (Index c = 0; c < 3; ++c)
    for (Index j = 0; j < 5; ++j) {
      double sum = 0;
      for (Index i = 0; i < 6; ++i) sum += double{by_scores(i, c)} * double{x(i, j)};
      CHECK(layer.gradient(c, j) == doctest::Approx(sum).epsilon(1e-5));
    }
}
