#include <cmath>
#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/probe/cuda/classify.cuh>
#include <shoal/probe/cuda/grid_trainer.cuh>
#include <shoal/probe/linear.hpp>

using namespace shoal;
using host::FakeRuntime;

namespace {

/// Rows of `classes` classes, which lie around as many centres.
struct ProbeData {
  Matrix<float> rows;
  std::vector<Label> labels;

  ProbeData(Index n, Index classes, Index d, std::uint64_t seed) : rows(test::random_rows(n, d, seed)) {
    const Matrix<float> centres = test::random_rows(classes, d, 77);
    for (Index i = 0; i < n; ++i) {
      labels.push_back(static_cast<Label>(i * 5 % classes));
      for (Index j = 0; j < d; ++j) rows(i, j) = 0.7f * rows(i, j) + centres(labels.back(), j);
    }
  }
};

Gpu<FakeRuntime> probing_gpu(Precision precision = Precision::float32) {
  return {FakeRuntime(), {.precision = precision, .threads = 1}};
}

Matrix<float> with_ones(const Matrix<float>& rows) {
  Matrix<float> x(rows.rows(), rows.cols() + 1, 1.f);
  for (Index i = 0; i < rows.rows(); ++i) std::copy_n(rows.row(i), rows.cols(), x.row(i));
  return x;
}

double farthest(const Matrix<float>& a, const Matrix<float>& b) {
  double most = 0;
  for (Index i = 0; i < a.size(); ++i)
    most = std::max(most, std::abs(double{a.data()[i]} - double{b.data()[i]}));
  return most;
}

}  // namespace

TEST_CASE(
    "the probe's trainer on the GPU's kernels steps as the CPU's, before and after points are dropped") {
  const Buffer<SgdPoint> points{{0.3, 0}, {0.1, 0.01}, {0.5, 0.1}};
  for (const Index classes : {Index{2}, Index{9}, ShortRows::longest + 2})
    for (const Precision precision : {Precision::float32, Precision::tf32, Precision::bfloat16}) {
      CAPTURE(classes);
      const double slack = 20 * host::product_slack(precision);
      const ProbeData data(80, classes, 7, 1), held(50, classes, 7, 2);
      const Matrix<float> x = with_ones(data.rows);
      const Cpu cpu({.threads = 1});
      const auto gpu = probing_gpu(precision);
      const ProbeJob job{points, 7, classes, 0.9, 80};
      const auto own = ProbeBackend(cpu).trainer(job), other = ProbeBackend(gpu).trainer(job);
      const auto both = [&](const auto& work) {
        work(*own);
        work(*other);
      };
      for (const double anneal : {1.0, 0.5}) both([&](ProbeTrainer& t) { t.step(x, data.labels, anneal); });
      both([&](ProbeTrainer& t) { t.step(x.view().block(0, 30), std::span(data.labels).first(30), 0.25); });
      const auto judged = other->evaluate(Rows(held.rows), held.labels),
                 expected = own->evaluate(Rows(held.rows), held.labels);
      for (std::size_t p = 0; p < 3; ++p) {
        CHECK(judged[p].loss == doctest::Approx(expected[p].loss).epsilon(slack));
        if (precision == Precision::float32) CHECK(judged[p].accuracy == expected[p].accuracy);
      }
      const auto losses = other->take_losses(), own_losses = own->take_losses();
      for (std::size_t p = 0; p < 3; ++p) CHECK(losses[p] == doctest::Approx(own_losses[p]).epsilon(slack));
      const std::vector<std::size_t> stay{0, 2};
      both([&](ProbeTrainer& t) { t.keep(stay); });
      REQUIRE(other->size() == 2);
      both([&](ProbeTrainer& t) { t.step(x, data.labels, 1); });
      for (Index p = 0; p < 2; ++p)
        CHECK(farthest(other->classifier(p).weights, own->classifier(p).weights) <= slack);
      CHECK(other->take_losses()[1] == doctest::Approx(own->take_losses()[1]).epsilon(slack));
    }
}

TEST_CASE("a probe's fit on the GPU's kernels ends where the CPU's does, with the same bits again") {
  const ProbeData data(150, 6, 8, 3), held(60, 6, 8, 4);
  LinearProbe probe{
      .learning_rates = {0.01, 0.1, 1e4}, .weight_decays = {0, 0.001}, .epochs = 6, .batch = 32};
  const auto run = [&](const auto& backend) {
    return fit(probe, Rows(data.rows), data.labels, Rows(held.rows), held.labels, backend);
  };
  const ProbeResult expected = run(Cpu({.threads = 1})), found = run(probing_gpu()),
                    again = run(probing_gpu());
  CHECK(found.best == expected.best);
  CHECK(found.accuracy == expected.accuracy);
  CHECK(found.class_accuracy == expected.class_accuracy);
  CHECK(farthest(found.classifier.weights, expected.classifier.weights) < 1e-4);
  CHECK(farthest(found.classifier.weights, again.classifier.weights) == 0);
  for (std::size_t p = 0; p < found.points.size(); ++p)
    CHECK(found.points[p].epochs == expected.points[p].epochs);
  probe.learning_rates = {1e30}, probe.weight_decays = {1e10};
  test::refused(Errc::not_finite, "every grid point diverged", [&] { (void)run(probing_gpu()); });
}

TEST_CASE("classes by a linear classifier on the GPU's kernels are the CPU's") {
  for (const Index classes : {Index{1}, Index{40}, ShortRows::longest + 1}) {
    const LinearClassifier classifier{test::random_rows(12, classes, 5)};
    const Matrix<float> rows = test::random_rows(70, 11, 6);
    const Index k = std::min<Index>(classes, 5);
    const Classified expected = classify(classifier, Rows(rows), k, Cpu({.threads = 1})),
                     found = classify(classifier, Rows(rows), k, probing_gpu());
    CHECK(std::equal(found.top.data(), found.top.data() + found.top.size(), expected.top.data()));
    for (std::size_t i = 0; i < found.confidence.size(); ++i)
      REQUIRE(double{found.confidence[i]} == doctest::Approx(double{expected.confidence[i]}).epsilon(1e-5));
  }
  Matrix<float> rows = test::random_rows(30, 4, 6);
  rows(17, 2) = std::numeric_limits<float>::quiet_NaN();
  test::refused(Errc::bad_data, "row 17 ", [&] {
    (void)classify(LinearClassifier{test::random_rows(5, 3, 5)}, Rows(rows), 2, probing_gpu());
  });
  CHECK(classify(LinearClassifier{test::random_rows(5, 3, 5)}, Matrix<float>(0, 4), 2, probing_gpu())
            .confidence.empty());
}

TEST_CASE("a probe that does not fit the device is refused with its plan") {
  const Gpu<FakeRuntime> small(FakeRuntime(), {.memory = 10'000, .threads = 1});
  const ProbeData data(150, 6, 8, 3);
  test::refused(Errc::too_large, "weights and velocities", [&] {
    (void)fit(LinearProbe{}, Rows(data.rows), data.labels, Rows(data.rows), data.labels, small);
  });
}

TEST_CASE("a probe takes no more of the device than its plan") {
  const ProbeData data(150, 6, 8, 3);
  for (const Precision precision : {Precision::float32, Precision::bfloat16}) {
    FakeRuntime runtime;
    const Gpu<FakeRuntime> gpu(runtime, {.precision = precision, .threads = 1});
    const ProbeJob job{{{0.1, 0}, {0.2, 0}}, 8, 6, 0.9, 32};
    const auto trainer = ProbeBackend(gpu).trainer(job);
    const Matrix<float> x = with_ones(data.rows);
    trainer->step(x.view().block(0, 32), std::span(data.labels).first(32), 1);
    (void)trainer->evaluate(Rows(data.rows), data.labels);
    CHECK(runtime.peak_bytes() <= GpuGridTrainer<FakeRuntime>::plan(job, precision).total());
  }
}

TEST_CASE("a probe: whatever call fails, the error arrives and nothing leaks") {
  const ProbeData data(12, 3, 4, 3);
  const LinearProbe probe{.learning_rates = {0.1, 0.2}, .weight_decays = {0}, .epochs = 2, .batch = 8};
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    const Gpu<FakeRuntime> gpu(runtime, {.precision = Precision::bfloat16, .threads = 1});
    (void)fit(probe, Rows(data.rows), data.labels, Rows(data.rows), data.labels, gpu);
  });
}
