#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/probe/trainer.hpp>

using namespace shoal;

namespace {

/// Rows of standard normals, the last column ones.
Matrix<float> batch(Index rows, Index cols, std::uint64_t seed) {
  Matrix<float> x(rows, cols, 1.f);
  const Philox random(seed, 0);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j + 1 < cols; ++j)
      x(i, j) = static_cast<float>(random.normal(static_cast<std::uint64_t>(i * cols + j)));
  return x;
}

std::vector<Label> labels(Index rows, Index classes) {
  std::vector<Label> y(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<Label>(Philox(3, 1).below(classes, i));
  return y;
}

/// The same steps of one classifier in plain double loops.
struct Oracle {
  Index features, classes;
  double rate, decay, momentum;
  std::vector<double> w = std::vector<double>(static_cast<std::size_t>((features + 1) * classes)), v = w;

  double step(const Matrix<float>& x, const std::vector<Label>& y, double anneal) {
    std::vector<double> gradient(w.size());
    double loss = 0;
    for (Index i = 0; i < x.rows(); ++i) {
      std::vector<double> z(static_cast<std::size_t>(classes));
      double total = 0;
      for (Index c = 0; c < classes; ++c) {
        for (Index j = 0; j <= features; ++j)
          z[static_cast<std::size_t>(c)] += static_cast<double>(x(i, j)) * at(w, j, c);
        total += std::exp(z[static_cast<std::size_t>(c)]);
      }
      const Label own = y[static_cast<std::size_t>(i)];
      loss += std::log(total) - z[static_cast<std::size_t>(own)];
      for (Index c = 0; c < classes; ++c)
        for (Index j = 0; j <= features; ++j)
          at(gradient, j, c) += static_cast<double>(x(i, j)) *
                                (std::exp(z[static_cast<std::size_t>(c)]) / total - (c == own)) /
                                static_cast<double>(x.rows());
    }
    for (Index j = 0; j <= features; ++j)
      for (Index c = 0; c < classes; ++c) {
        at(v, j, c) = momentum * at(v, j, c) + at(gradient, j, c) + (j < features ? decay * at(w, j, c) : 0);
        at(w, j, c) -= rate * anneal * at(v, j, c);
      }
    return loss;
  }
  double& at(std::vector<double>& m, Index j, Index c) const {
    return m[static_cast<std::size_t>(j * classes + c)];
  }
};

}  // namespace

TEST_CASE(
    "softmax_gradient: value, gradient by differences, rows longer and shorter than a vector, far-off "
    "scores") {
  for (const Index classes : {1, 2, 15, 16, 17, 40}) {
    std::vector<float> z(static_cast<std::size_t>(classes));
    for (std::size_t c = 0; c < z.size(); ++c) z[c] = static_cast<float>(3 * Philox(1, 1).normal(c));
    const auto loss = [&](std::vector<double> row) {
      double total = 0;
      for (const double value : row) total += std::exp(value);
      return std::log(total) - row[0];
    };
    const std::vector<double> exact(z.begin(), z.end());
    std::vector<float> gradient = z;
    CHECK(softmax_gradient(gradient.data(), classes, 0, 2.f) == doctest::Approx(loss(exact)).epsilon(1e-5));
    for (std::size_t c = 0; c < z.size(); ++c) {
      auto up = exact, down = exact;
      up[c] += 1e-4;
      down[c] -= 1e-4;
      CHECK(static_cast<double>(gradient[c]) ==
            doctest::Approx(2 * (loss(up) - loss(down)) / 2e-4).epsilon(1e-4).scale(1));
    }
  }
  std::vector<float> far{1e30f, -1e30f, 0};
  CHECK(softmax_gradient(far.data(), 3, 0, 1.f) == 0);
  CHECK(far == std::vector<float>{0, 0, 0});
}

TEST_CASE("GridTrainer: steps as plain loops do, for every point, in one panel or several groups") {
  const Index d = 5, classes = 300,
              rows = 150;  // two points a group of score columns would exceed 512: groups of 1
  const Buffer<SgdPoint> grid{{0.1, 0}, {0.5, 0.01}, {0.02, 1}};
  const Cpu cpu({.threads = 2});
  GridTrainer trainer(grid, d, classes, 0.9, cpu);
  const auto y = labels(rows, classes);
  std::vector<Oracle> oracles;
  for (const auto& point : grid)
    oracles.push_back({d, classes, point.learning_rate, point.weight_decay, 0.9});
  for (const double anneal : {1.0, 0.5, 0.25}) {
    const Matrix<float> x = batch(rows, d + 1, static_cast<std::uint64_t>(anneal * 100));
    trainer.step(x, y, anneal);
    const std::vector<double> losses = trainer.take_losses();
    for (std::size_t p = 0; p < grid.size(); ++p)
      CHECK(losses[p] == doctest::Approx(oracles[p].step(x, y, anneal)).epsilon(1e-5));
  }
  for (std::size_t p = 0; p < grid.size(); ++p) {
    const LinearClassifier got = trainer.classifier(static_cast<Index>(p));
    double worst = 0;
    for (Index j = 0; j <= d; ++j)
      for (Index c = 0; c < classes; ++c)
        worst = std::max(
            worst, std::abs(static_cast<double>(got.weights(j, c)) - oracles[p].at(oracles[p].w, j, c)));
    CHECK(worst < 1e-6);
  }
}

TEST_CASE(
    "GridTrainer: a point has the same bits alone, beside others, after others went, for 1, 2 and 7 "
    "threads") {
  const Index d = 70, classes = 11;
  const Matrix<float> x = batch(200, d + 1, 4);
  const auto y = labels(200, classes);
  const auto train = [&](Buffer<SgdPoint> grid, Index place, int threads, bool drop) {
    const Cpu cpu({.threads = threads});
    GridTrainer trainer(grid, d, classes, 0.9, cpu);
    for (int step = 0; step < 4; ++step) {
      if (drop && step == 2) {
        const std::size_t stays = static_cast<std::size_t>(place);
        trainer.keep({&stays, 1});
        place = 0;
      }
      trainer.step(x, y, 1);
    }
    const Matrix<float> w = trainer.classifier(place).weights;
    return std::vector<float>(w.data(), w.data() + w.size());
  };
  const SgdPoint point{0.3, 1e-3};
  const Buffer<SgdPoint> grid{{1, 0}, {2, 0}, point, {0.1, 0.1}};
  const auto alone = train({point}, 0, 1, false);
  for (const int threads : {1, 2, 7}) {
    CHECK(train(grid, 2, threads, false) == alone);
    CHECK(train(grid, 2, threads, true) == alone);
  }
}

TEST_CASE("GridTrainer: held-out rows are judged as counted by hand; a point that diverged never leads") {
  const Index d = 3, classes = 4;
  const Matrix<float> x = batch(301, d + 1, 5);
  const auto y = labels(301, classes);
  const Cpu cpu({.threads = 2});
  GridTrainer trainer({{0.5, 0}, {1e30, 1e10}}, d, classes, 0.9, cpu);
  for (int step = 0; step < 5; ++step) trainer.step(x, y, 1);
  const Matrix<float> w = trainer.classifier(0).weights;
  double right = 0, loss = 0;
  for (Index i = 0; i < x.rows(); ++i) {
    double z[4] = {}, total = 0;
    for (Index c = 0; c < classes; ++c) {
      for (Index j = 0; j <= d; ++j) z[c] += static_cast<double>(x(i, j) * w(j, c));
      total += std::exp(z[c]);
    }
    const Label own = y[static_cast<std::size_t>(i)];
    right += std::max_element(z, z + 4) - z == own;
    loss += std::log(total) - z[own];
  }
  Matrix<float> rows(x.rows(), d);
  for (Index i = 0; i < x.rows(); ++i) std::copy_n(x.row(i), d, rows.row(i));
  const auto judged = trainer.evaluate(Rows(rows), y);
  CHECK(judged[0].accuracy == doctest::Approx(right / 301));
  CHECK(judged[0].loss == doctest::Approx(loss / 301).epsilon(1e-5));
  CHECK(judged[1].accuracy == 0);
  CHECK(judged[1].loss == std::numeric_limits<double>::infinity());
}
