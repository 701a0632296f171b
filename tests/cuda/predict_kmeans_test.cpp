#include <cmath>
#include <limits>
#include <support/gpu.hpp>
#include <support/random_rows.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/model/cuda/predict_kmeans.cuh>

using namespace shoal;
using host::FakeRuntime;

namespace {

Gpu<FakeRuntime> predicting_gpu() { return {FakeRuntime(), {.threads = 1}}; }

/// The same labels and top centroids, and confidences to the rounding of scores that the temperature divides.
void check_same(const KMeansModel& model, const Matrix<float>& values, Index count) {
  const Prediction expected = predict(model, Rows(values), Cpu({.threads = 1}), count),
                   found = predict(model, Rows(values), predicting_gpu(), count);
  CHECK(found.labels == expected.labels);
  CHECK(std::equal(found.top.data(), found.top.data() + found.top.size(), expected.top.data()));
  for (std::size_t i = 0; i < expected.confidence.size(); ++i)
    CHECK(found.confidence[i] == doctest::Approx(expected.confidence[i]).epsilon(1e-4));
}

}  // namespace

TEST_CASE("predict(KMeansModel) on a GPU: labels, the nearest few and confidences as on the CPU") {
  const Matrix<float> values = test::random_rows(300, 12, 1);
  for (const Index clusters : {1, 7, 40})
    for (const Index count : {1, 5}) {
      CAPTURE(clusters);
      CAPTURE(count);
      const KMeansModel cosine =
          model_of<Cosine>(fit(KMeans<Cosine>{.clusters = clusters, .iterations = 2}, Rows(values), Cpu()));
      check_same(cosine, values, count);
      const KMeansModel euclidean = model_of<Euclidean>(
          fit(KMeans<Euclidean>{.clusters = clusters, .iterations = 2}, Rows(values), Cpu()));
      check_same(euclidean, values, count);
    }
}

TEST_CASE(
    "predict(KMeansModel) on a GPU: rows far from the origin, on another scale, standardised, or none") {
  Matrix<float> values = test::random_rows(200, 9, 2);
  for (Index i = 0; i < values.size(); ++i) values.data()[i] = 1e-3f * values.data()[i] + 50;
  const Rows rows(values);
  for (const bool unit : {false, true}) {
    CAPTURE(unit);
    const KMeansModel model =
        unit ? model_of<Cosine>(fit(KMeans<Cosine>{.clusters = 8, .iterations = 3}, rows, Cpu()))
             : model_of<Euclidean>(fit(KMeans<Euclidean>{.clusters = 8, .iterations = 3}, rows, Cpu()));
    check_same(model, values, 3);
  }
  const ColumnScaling scaling = column_scaling(rows, Cpu());
  const Standardized standardized(rows, scaling);
  const KMeansResult result = fit(KMeans<Euclidean>{.clusters = 5, .iterations = 3}, standardized, Cpu());
  check_same(model_of<Euclidean>(result, scaling), values, 5);
  check_same(KMeansModel{Matrix<float>(2, 9, 1.f), false, 1, {}}, Matrix<float>(0, 9), 1);
}

TEST_CASE("predict(KMeansModel) on a GPU: centroids that coincide, and temperatures at either end") {
  const Matrix<float> values = test::random_rows(50, 4, 3);
  for (const double temperature : {1e-30, 1e-3, 1e30}) {
    CAPTURE(temperature);
    const Prediction found = predict(KMeansModel{Matrix<float>(3, 4, 0.5f), false, temperature, {}},
                                     Rows(values), predicting_gpu());
    for (const float c : found.confidence) CHECK(c == doctest::Approx(1. / 3));
  }
}

TEST_CASE(
    "predict(KMeansModel) on a GPU: a row that is not finite, or has no direction, is named; a stop is "
    "obeyed") {
  Matrix<float> values = test::random_rows(20, 4, 4);
  const KMeansModel model{test::random_rows(3, 4, 5), true, 0.1, {}};
  test::refused(Errc::stopped, "stopped", [&] {
    (void)predict(model, Rows(values), predicting_gpu(), 2, [](const Progress&) { return false; });
  });
  for (Index j = 0; j < 4; ++j) values(7, j) = 0;
  test::refused(Errc::bad_data, "row 7", [&] { (void)predict(model, Rows(values), predicting_gpu()); });
  values(7, 2) = std::numeric_limits<float>::quiet_NaN();
  test::refused(Errc::bad_data, "row 7", [&] { (void)predict(model, Rows(values), predicting_gpu()); });
}
