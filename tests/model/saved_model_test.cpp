#include "support/scratch.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/model/saved_model.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;

namespace {

/// n × 6 around four far corners.
Matrix<float> corners(Index n) {
  Matrix<float> x(n, 6);
  const Philox random(3, 1);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < 6; ++j)
      x(i, j) =
          static_cast<float>(random.normal(static_cast<std::uint64_t>(i * 6 + j)) + (i % 4 == j ? 12. : 0.));
  return x;
}

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

TEST_CASE("saved and loaded, a model says the same bits, of all rows or of some, on 1, 2 and 7 threads") {
  const Scratch folder("model");
  const Matrix<float> x = corners(900);
  const Cpu one(CpuSettings{.threads = 1});
  const Rows raw(x);
  const Standardized rows(raw, one);
  const KMeansModel model = model_of<Cosine>(fit(KMeans<>{.clusters = 4}, rows, one), rows.scaling());
  save_model(folder / "m.shoal", {model, "k-means", "{}"});
  const SavedModel loaded = load_model(folder / "m.shoal");
  CHECK(loaded.method == "k-means");
  CHECK(loaded.settings == "{}");
  const Prediction expected = predict(model, Rows(x), one);
  for (const int threads : {1, 2, 7}) {
    const Prediction p = predict(loaded.model, Rows(x), Cpu(CpuSettings{.threads = threads}));
    CHECK(p.labels == expected.labels);
    CHECK(p.confidence == expected.confidence);
  }
  for (const Index i : {0, 1, 255, 256, 899}) {
    const Prediction p = predict(loaded.model, Rows(x.view().block(i, 1)), one);
    CHECK(p.labels[0] == expected.labels[static_cast<std::size_t>(i)]);
    CHECK(p.confidence[0] == expected.confidence[static_cast<std::size_t>(i)]);
  }
}

TEST_CASE("heads, saved and loaded, say the same bits") {
  const Scratch folder("model");
  const Matrix<float> x = corners(300);
  const Cpu cpu(CpuSettings{.threads = 2});
  const Neighbors neighbors = exact_neighbors(Rows(x), {.count = 5}, cpu);
  const HeadFit trained = fit(TEMI{.clusters = 4, .heads = 2, .epochs = 3, .batch = 100, .standardize = true},
                              Rows(x), NearestPairs(neighbors), cpu);
  save_model(folder / "h.shoal", {trained.model, "TEMI", ""});
  const Prediction p = predict(load_model(folder / "h.shoal").model, Rows(x), cpu);
  CHECK(p.labels == trained.labels);
  CHECK(p.confidence == trained.confidence);
}

TEST_CASE("what can't be predicted or loaded is refused") {
  const Scratch folder("model");
  const Cpu cpu(CpuSettings{.threads = 1});
  const Matrix<float> x = corners(20), narrow(3, 5, 1.f), zero(2, 6, 0.f);
  const KMeansModel model = fitted<Cosine>(x, cpu);
  CHECK_THROWS_AS((void)predict(model, Rows(narrow), cpu), error);
  CHECK_THROWS_AS((void)predict(model, Rows(zero), cpu), error);
  CHECK_THROWS_AS((void)predict(model, Rows(x), cpu, 0), error);
  ModelWriter other;
  other.text("method", "m");
  other.text("settings", "");
  other.text("kind", "a cake");
  other.save(folder / "other.shoal");
  CHECK_THROWS_WITH_AS((void)load_model(folder / "other.shoal"), doctest::Contains("a cake"), error);
}
