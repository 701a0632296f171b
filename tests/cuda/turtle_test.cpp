#include <cmath>
#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/turtle/cuda/classifier.cuh>
#include <shoal/turtle/fit.hpp>

using namespace shoal;
using host::FakeRuntime;

namespace {

Gpu<FakeRuntime> turtle_gpu(Precision precision = Precision::float32) {
  return {FakeRuntime(), {.precision = precision, .threads = 1}};
}

/// A batch, distributions of labels, and initial weights.
struct TurtleBatch {
  Matrix<float> x, labels, weights;

  TurtleBatch(Index rows, Index features, Index clusters)
      : x(test::random_rows(rows, features + 1, 1)),
        labels(test::random_rows(rows, clusters, 2)),
        weights(test::random_rows(clusters, features + 1, 3)) {
    for (Index i = 0; i < rows; ++i) {
      x(i, features) = 1;
      float* label = labels.row(i);
      turtle_impl::log_softmax(label, clusters);
      for (Index c = 0; c < clusters; ++c) label[c] = std::exp(label[c]);
    }
  }
  [[nodiscard]] Matrix<float> learn(TurtleClassifier& classifier, Index rows) const {
    const MatrixView<float> start = classifier.weights();
    for (Index c = 0; c < start.rows; ++c) std::copy_n(weights.row(c), start.cols, start.row(c));
    Matrix<float> log_q(rows, labels.cols());
    classifier.learn(x.view().block(0, rows), labels.view().block(0, rows), log_q.view());
    return log_q;
  }
};

}  // namespace

TEST_CASE("TURTLE's classifiers learn on the GPU's kernels what they learn on the host, each time anew") {
  for (const Index clusters : {Index{1}, Index{11}, ShortRows::longest + 2})
    for (const Precision precision : {Precision::float32, Precision::tf32, Precision::bfloat16}) {
      CAPTURE(clusters);
      const TurtleBatch batch(60, 9, clusters);
      const Cpu cpu({.threads = 1});
      const auto gpu = turtle_gpu(precision);
      const TurtleClassifierJob job{60, 9, clusters, 4, 0.01};
      const auto own = TurtleBackend(cpu).classifier(job), other = TurtleBackend(gpu).classifier(job);
      for (const Index rows : {Index{60}, Index{23}, Index{60}}) {
        const Matrix<float> expected = batch.learn(*own, rows), found = batch.learn(*other, rows);
        // The rounding of scores, and what Adam makes of a gradient near zero: a step of the rate either way.
        const double slack =
            10 * 3 * host::product_slack(precision) + (precision == Precision::float32 ? 1e-5 : 0.05);
        for (Index k = 0; k < found.size(); ++k)
          REQUIRE(std::abs(double{found.data()[k]} - double{expected.data()[k]}) <= slack);
      }
    }
}

TEST_CASE(
    "TURTLE on the GPU's kernels loses what it loses on the host, in two spaces, with the same bits again") {
  const Matrix<float> a = test::random_rows(90, 7, 1), b = test::random_rows(90, 4, 2);
  const std::vector<BorrowedView<AnyRows>> spaces{a, b};
  const Turtle settings{.clusters = 3, .steps = 8, .batch = 50};
  const TurtleResult expected = fit(settings, spaces, Cpu({.threads = 1})),
                     found = fit(settings, spaces, turtle_gpu()), again = fit(settings, spaces, turtle_gpu());
  for (std::size_t t = 0; t < expected.steps.size(); ++t) {
    CHECK(found.steps[t].error == doctest::Approx(expected.steps[t].error).epsilon(2e-6));
    CHECK(found.steps[t].entropy == doctest::Approx(expected.steps[t].entropy).epsilon(2e-6));
  }
  CHECK(found.labels == again.labels);
  CHECK(found.steps.back().error == again.steps.back().error);
}

TEST_CASE("TURTLE takes no more of the device than its plan, and is refused where that does not fit") {
  for (const Precision precision : {Precision::float32, Precision::bfloat16}) {
    FakeRuntime runtime;
    const Gpu<FakeRuntime> gpu(runtime, {.precision = precision, .threads = 1});
    const TurtleClassifierJob job{60, 9, 11, 4, 0.01};
    const auto classifier = TurtleBackend(gpu).classifier(job);
    (void)TurtleBatch(60, 9, 11).learn(*classifier, 60);
    CHECK(runtime.peak_bytes() <= GpuTurtleClassifier<FakeRuntime>::plan(job, precision).total());
  }
  const Matrix<float> rows = test::random_rows(90, 7, 1);
  const Gpu<FakeRuntime> small(FakeRuntime(), {.memory = 3'000, .threads = 1});
  test::refused(Errc::too_large, "labels and scores", [&] { (void)fit(Turtle{.clusters = 3}, rows, small); });
}

TEST_CASE("TURTLE: whatever call fails, the error arrives and nothing leaks") {
  const Matrix<float> rows = test::random_rows(12, 4, 1);
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    const Gpu<FakeRuntime> gpu(runtime, {.precision = Precision::bfloat16, .threads = 1});
    (void)fit(Turtle{.clusters = 3, .steps = 2, .inner_steps = 2}, rows, gpu);
  });
}
