#include "model/corners.hpp"

#include <cmath>

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
