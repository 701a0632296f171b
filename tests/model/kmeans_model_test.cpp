#include "model/corners.hpp"

#include <cmath>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/model/kmeans_model.hpp>

using namespace shoal;
using model_test::corners;

namespace {

template <Geometry Geo> KMeansModel fitted(const Matrix<float>& x, const Cpu& cpu) {
  return model_of<Geo>(fit(KMeans<Geo>{.clusters = 4}, Rows(x), cpu));
}

template <Geometry Geo> void predicts_what_it_was_fitted_to() {
  const Cpu cpu(CpuSettings{.threads = 2});
  const Matrix<float> x = corners(700);
  const auto fit_result = fit(KMeans<Geo>{.clusters = 4}, Rows(x), cpu);
  const Prediction p = predict(model_of<Geo>(fit_result), Rows(x), cpu, 9);
  CHECK(p.labels == fit_result.labels);
  CHECK(p.top.cols() == 4);
  for (Index i = 0; i < 700; ++i) {
    const auto at = static_cast<std::size_t>(i);
    CHECK(p.top(i, 0) == p.labels[at]);
    CHECK(p.confidence[at] > 0.9f);
    CHECK(p.confidence[at] <= 1.f);
  }
}

}  // namespace

TEST_CASE("predict tells a hook how far it has come, and stops where it asks") {
  const Cpu cpu;
  const Matrix<float> x = corners(70000);  // three windows of a walk
  const KMeansModel model = fitted<Cosine>(x, cpu);
  double last = -1;
  Index calls = 0;
  (void)predict(model, Rows(x), cpu, 4, [&](const Progress& p) {
    CHECK(p.phase == "labels");
    CHECK(p.total == 1);  // labels and confidences at once
    CHECK(double(p.done) + p.part > last);
    last = double(p.done) + p.part;
    return ++calls > 0;
  });
  CHECK(last == 1);
  CHECK(calls >= 3);
  test::refused(Errc::stopped, "before all rows had their labels",
                [&] { (void)predict(model, Rows(x), cpu, 4, [](const Progress&) { return false; }); });
}

TEST_CASE("a model labels the rows it was fitted to as the fit did, and is sure of far corners") {
  predicts_what_it_was_fitted_to<Cosine>();
  predicts_what_it_was_fitted_to<Euclidean>();
}

TEST_CASE("the confidence is the softmax of minus the distance over the temperature") {
  const Cpu cpu(CpuSettings{.threads = 1});
  const Matrix<float> x = corners(40);
  for (const bool cosine : {true, false}) {
    const KMeansModel model = cosine ? fitted<Cosine>(x, cpu) : fitted<Euclidean>(x, cpu);
    const auto nearest = cosine ? predict<Cosine>(model.centroids, Rows(x), cpu, 4)
                                : predict<Euclidean>(model.centroids, Rows(x), cpu, 4);
    const Prediction p = predict(model, Rows(x), cpu);
    for (Index i = 0; i < 40; ++i) {
      double sum = 0;
      for (Index k = 0; k < 4; ++k)
        sum += std::exp(static_cast<double>(nearest.distances(i, 0) - nearest.distances(i, k)) /
                        model.temperature);
      CHECK(static_cast<double>(p.confidence[static_cast<std::size_t>(i)]) ==
            doctest::Approx(1 / sum).epsilon(1e-4));
    }
  }
}

TEST_CASE("a model predicts by any backend") {
  const Matrix<float> x = corners(700);
  const Cpu cpu(CpuSettings{.threads = 2});
  for (const bool cosine : {true, false}) {
    const KMeansModel model = cosine ? fitted<Cosine>(x, cpu) : fitted<Euclidean>(x, cpu);
    const Prediction by_tiles = predict(model, Rows(x), cpu), by_eigen = predict(model, Rows(x), EigenCpu(2));
    CHECK(by_tiles.labels == by_eigen.labels);
    for (std::size_t i = 0; i < 700; ++i)
      CHECK(by_eigen.confidence[i] == doctest::Approx(by_tiles.confidence[i]).epsilon(1e-4));
  }
}

TEST_CASE("the temperature counts weights as repeated rows, and does not grow with their scale") {
  Matrix<float> x(4, 1), start(2, 1);
  x(0, 0) = 0, x(1, 0) = 1, x(2, 0) = 10, x(3, 0) = 11;
  start(0, 0) = 0, start(1, 0) = 10;
  const auto temperature = [&](std::vector<float> weights) {
    return model_of<Euclidean>(
               fit(KMeans<Euclidean>{.clusters = 2, .weights = weights, .start = start}, Rows(x), Cpu{}))
        .temperature;
  };
  const double plain = temperature({});
  CHECK(plain == doctest::Approx(0.1 * (0.25 + 25)));
  CHECK(temperature({1, 1, 1, 1}) == doctest::Approx(plain));
  CHECK(temperature({1000, 1000, 1000, 1000}) == doctest::Approx(plain));
  Matrix<float> repeated(7, 1);
  const std::vector<float> weights{1, 3, 2, 1};
  Index row = 0;
  for (Index i = 0; i < 4; ++i)
    for (float k = 0; k < weights[static_cast<std::size_t>(i)]; ++k) repeated(row++, 0) = x(i, 0);
  CHECK(temperature(weights) ==
        doctest::Approx(
            model_of<Euclidean>(fit(KMeans<Euclidean>{.clusters = 2, .start = start}, Rows(repeated), Cpu{}))
                .temperature));
}

TEST_CASE("labels and confidences of a Euclidean model are right far away and at every magnitude") {
  const Cpu cpu(CpuSettings{.threads = 2});
  const Matrix<float> near = corners(400);
  Matrix<float> start(4, 6);
  Rows(near).read(0, start);
  const auto plain =
      model_of<Euclidean>(fit(KMeans<Euclidean>{.clusters = 4, .start = start}, Rows(near), cpu));
  const Prediction expected = predict(plain, Rows(near), cpu);
  for (const auto& [scale, shift] : {std::pair(1.f, 1e4f), {0x1p-90f, 0.f}, {0x1p90f, 0.f}}) {
    Matrix<float> x(400, 6), first(4, 6);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = near.data()[i] * scale + shift;
    Rows(x).read(0, first);
    const auto model =
        model_of<Euclidean>(fit(KMeans<Euclidean>{.clusters = 4, .start = first}, Rows(x), cpu));
    const Prediction p = predict(model, Rows(x), cpu);
    CHECK(p.labels == expected.labels);
    for (std::size_t i = 0; i < 400; ++i)
      CHECK(p.confidence[i] == doctest::Approx(expected.confidence[i]).epsilon(shift > 0 ? 0.02 : 1e-5));
  }
}
