#include <cmath>
#include <fstream>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/probe/linear.hpp>

using namespace shoal;

namespace {

/// A golden file of data/make_logistic.py.
struct Golden {
  Index n, d, classes;
  double penalty;
  Matrix<float> x;
  std::vector<Label> y;
  Matrix<double> weights;  // C × (d + 1)

  explicit Golden(const char* name) {
    std::ifstream in(std::string(TEST_DATA "/") + name);
    in >> n >> d >> classes >> penalty;
    x = Matrix<float>(n, d);
    y.resize(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < d; ++j) in >> x(i, j);
      in >> y[static_cast<std::size_t>(i)];
    }
    weights = Matrix<double>(classes, d + 1);
    for (Index c = 0; c < classes; ++c)
      for (Index j = 0; j <= d; ++j) in >> weights(c, j);
    REQUIRE(in.good());
  }
};

/// Classes around corners of a cube, class c with 2^c samples more than the one before: rare and frequent
/// ones.
struct Blobs {
  Matrix<float> x;
  std::vector<Label> y;

  Blobs(Index n, Index d, Index classes, std::uint64_t seed, double spread = 0.5) : x(n, d) {
    const Philox noise(seed, 1), corner(99, 2);
    for (Index i = 0; i < n; ++i) {
      const auto c = static_cast<Label>(i % classes);
      for (Index j = 0; j < d; ++j)
        x(i, j) = static_cast<float>((corner.word(static_cast<std::uint64_t>(c * d + j)) & 1 ? 1. : -1.) +
                                     spread * noise.normal(static_cast<std::uint64_t>(i * d + j)));
      y.push_back(c);
    }
  }
};

const Cpu cpu({.threads = 2});

}  // namespace

TEST_CASE("the minimum is scikit-learn's: weights, biases and predictions") {
  const Golden golden("logistic.txt");
  const LinearProbe probe{
      .learning_rates = {0.5}, .weight_decays = {golden.penalty}, .epochs = 1000, .batch = 150};
  const ProbeResult result = fit(probe, Rows(golden.x), golden.y, Rows(golden.x), golden.y, cpu);
  REQUIRE(result.classifier.classes() == golden.classes);
  for (Index c = 0; c < golden.classes; ++c)
    for (Index j = 0; j <= golden.d; ++j)
      CHECK(static_cast<double>(result.classifier.weights(j, c)) ==
            doctest::Approx(golden.weights(c, j)).epsilon(1e-3).scale(1));
}

TEST_CASE("the best grid point wins, classes and their accuracies are right") {
  const Blobs train(600, 8, 5, 1), held(200, 8, 5, 2);
  const LinearProbe probe{
      .learning_rates = {0., 0.1}, .weight_decays = {0., 100.}, .epochs = 30, .race = false};
  const ProbeResult result = fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu);
  REQUIRE(result.points.size() == 4);
  CHECK(result.best == 2);  // rate 0.1 without the absurd decay
  CHECK(result.points[1].learning_rate == 0);
  CHECK(result.points[1].weight_decay == 100);
  CHECK(result.points[0].loss == doctest::Approx(std::log(5.)));
  CHECK(result.accuracy == result.points[2].accuracy);
  CHECK(result.accuracy > 0.9);
  const Classified said = classify(result.classifier, Rows(held.x), 1, cpu);
  std::vector<double> right(5);
  for (std::size_t i = 0; i < held.y.size(); ++i)
    right[static_cast<std::size_t>(held.y[i])] += said.top(static_cast<Index>(i), 0) == held.y[i];
  double macro = 0;
  for (std::size_t c = 0; c < 5; ++c) {
    CHECK(result.class_accuracy[c] == doctest::Approx(right[c] / 40));
    macro += right[c] / 40 / 5;
  }
  CHECK(result.macro_accuracy == doctest::Approx(macro));
}

TEST_CASE("macro accuracy on a long tail leaves out classes without validation rows") {
  Blobs train(300, 6, 3, 1, 0.1), held(90, 6, 3, 2, 0.1);
  for (auto& y : held.y) y = y == 2 ? 0 : y;  // class 2 is never asked for; its rows are always wrong
  const LinearProbe probe{.learning_rates = {0.1}, .weight_decays = {0.}, .classes = 4, .epochs = 20};
  const ProbeResult result = fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu);
  CHECK(result.class_accuracy[0] == doctest::Approx(0.5));
  CHECK(result.class_accuracy[1] == doctest::Approx(1));
  CHECK(std::isnan(result.class_accuracy[2]));
  CHECK(std::isnan(result.class_accuracy[3]));
  CHECK(result.macro_accuracy == doctest::Approx(0.75));
  CHECK(result.accuracy == doctest::Approx(2. / 3));
}

TEST_CASE(
    "the race: 2.5 trainings at most, its winner trained to the end with the bits of a training alone") {
  const Blobs train(500, 10, 6, 1, 1.5), held(300, 10, 6, 2, 1.5);
  LinearProbe probe{.epochs = 100, .batch = 64};
  const ProbeResult raced = fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu);
  REQUIRE(raced.points.size() == 18);
  int epochs = 0;
  for (const ProbePoint& point : raced.points) epochs += point.epochs;
  CHECK(epochs <= 250);
  const ProbePoint& best = raced.points[static_cast<std::size_t>(raced.best)];
  CHECK(best.epochs == 100);
  probe.learning_rates = {best.learning_rate};
  probe.weight_decays = {best.weight_decay};
  const ProbeResult alone = fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu);
  CHECK(alone.accuracy == raced.accuracy);
  CHECK(alone.points[0].loss == best.loss);
  probe = {.epochs = 100, .batch = 64, .race = false};
  const ProbeResult whole = fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu);
  for (const ProbePoint& point : whole.points) CHECK(point.epochs == 100);
  CHECK(whole.accuracy - raced.accuracy <= 0.01);
}

TEST_CASE("the same bits for 1, 2 and 7 threads; another seed, another order") {
  const Blobs train(300, 20, 7, 1, 1.), held(100, 20, 7, 2, 1.);
  const auto weights = [&](int threads, std::uint64_t seed) {
    const auto result = fit(LinearProbe{.epochs = 5, .batch = 70, .seed = seed}, Rows(train.x), train.y,
                            Rows(held.x), held.y, Cpu({.threads = threads}));
    const auto& w = result.classifier.weights;
    return std::vector<float>(w.data(), w.data() + w.size());
  };
  const auto one = weights(1, 0);
  CHECK(weights(2, 0) == one);
  CHECK(weights(7, 0) == one);
  CHECK(weights(2, 1) != one);
}

TEST_CASE("one row, one class, a constant column, duplicates, a batch larger than the data") {
  const Matrix<float> row(1, 3, 2.f), same(5, 3, 1.f);
  const std::vector<Label> zero{0}, mixed{0, 1, 0, 1, 1};
  CHECK(fit(LinearProbe{.epochs = 2}, Rows(row), zero, Rows(row), zero, cpu).accuracy == 1);
  const ProbeResult result = fit(LinearProbe{.epochs = 50}, Rows(same), mixed, Rows(same), mixed, cpu);
  CHECK(result.accuracy == doctest::Approx(0.6));
  CHECK(result.macro_accuracy == doctest::Approx(0.5));
}

TEST_CASE("a stop ends after the epoch with what there is") {
  const Blobs train(100, 4, 3, 1);
  Index calls = 0;
  const ProbeResult result = fit(LinearProbe{.epochs = 50, .race = false}, Rows(train.x), train.y,
                                 Rows(train.x), train.y, cpu, [&](const Progress& p) {
                                   CHECK(p.done == ++calls);
                                   CHECK(p.total == 50);
                                   CHECK(std::isfinite(p.objective));
                                   return p.done < 3;
                                 });
  CHECK(result.stopped);
  CHECK(calls == 3);
  CHECK(result.points[0].epochs == 3);
  CHECK(result.accuracy > 0);
}

TEST_CASE("the highest accuracy is that of the best epoch, the first of equals") {
  const Blobs train(120, 6, 4, 1, 2.), held(60, 6, 4, 2, 2.);
  LinearProbe probe{
      .learning_rates = {0.02}, .weight_decays = {0}, .epochs = 6, .batch = 30, .score_epochs = true};
  const ProbeResult result = fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu);
  double highest = 0;
  int best = 0;
  for (int last = 1; last <= 6; ++last) {  // stopped after each epoch in turn
    const auto stop = [&](const Progress& p) { return p.done < last; };
    const double accuracy = fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu, stop).accuracy;
    if (accuracy > highest) highest = accuracy, best = last;
  }
  CHECK(result.highest == 0);
  CHECK(result.points[0].best_accuracy == highest);
  CHECK(result.points[0].best_epoch == best);
  probe.score_epochs = false;  // scored once, at the end
  CHECK(fit(probe, Rows(train.x), train.y, Rows(held.x), held.y, cpu).points[0].best_epoch == 6);
}

TEST_CASE("a diverged point loses to any other; when all diverge that is said") {
  const Blobs train(100, 4, 3, 1);
  LinearProbe probe{.learning_rates = {1e30, 0.01}, .weight_decays = {1e10}, .epochs = 5, .race = false};
  probe.weight_decays = {0.};
  probe.learning_rates = {3e38, 0.01};
  CHECK(fit(probe, Rows(train.x), train.y, Rows(train.x), train.y, cpu).best == 1);
  probe.learning_rates = {3e38};
  CHECK_THROWS_WITH_AS(fit(probe, Rows(train.x), train.y, Rows(train.x), train.y, cpu),
                       doctest::Contains("diverged"), error);
}

TEST_CASE("what can't be right is refused, by name") {
  const Blobs good(20, 4, 2, 1);
  const Matrix<float> narrow(20, 3, 0.f), empty(0, 4);
  Matrix<float> broken = good.x;
  broken(7, 2) = std::numeric_limits<float>::quiet_NaN();
  std::vector<Label> low = good.y, few(19);
  low[3] = -1;
  const LinearProbe p{.epochs = 2};
  const auto refuses = [&](const LinearProbe& probe, AnyRows x, const std::vector<Label>& y, AnyRows v,
                           const std::vector<Label>& t, const char* part) {
    CHECK_THROWS_WITH_AS(fit(probe, x, y, v, t, cpu), doctest::Contains(part), error);
  };
  const Rows x(good.x), nan(broken), slim(narrow), none(empty);
  refuses(p, x, few, x, good.y, "training (20 rows, 19 labels)");
  refuses(p, x, good.y, x, few, "validation (20 rows, 19 labels)");
  refuses(p, x, low, x, good.y, "training label 3 (-1)");
  refuses(p, x, good.y, x, low, "validation label 3 (-1)");
  refuses(p, x, good.y, slim, good.y, "4 features");
  refuses(p, none, {}, x, good.y, "at least one row");
  refuses(p, x, good.y, none, {}, "at least one row");
  refuses(p, nan, good.y, x, good.y, "training: row 7");
  refuses(p, x, good.y, nan, good.y, "validation: row 7");
  refuses({.classes = 1}, x, good.y, x, good.y, "must be in [0, 1)");
  refuses({.learning_rates = {}}, x, good.y, x, good.y, "learning_rates");
  refuses({.learning_rates = {-1.}}, x, good.y, x, good.y, "learning_rates (-1)");
  refuses({.weight_decays = {std::numeric_limits<double>::infinity()}}, x, good.y, x, good.y,
          "weight_decays (inf)");
  refuses({.epochs = 0}, x, good.y, x, good.y, "epochs (0)");
  refuses({.batch = 0}, x, good.y, x, good.y, "batch (0)");
  refuses({.momentum = 1}, x, good.y, x, good.y, "momentum (1)");
}
