#include "model/corners.hpp"
#include "support/scratch.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/model/saved_model.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;
using model_test::corners;

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

TEST_CASE("a model of rows of any magnitude is saved, loaded, and as sure of them") {
  const Scratch folder("model");
  const Matrix<float> x = corners(300);
  const Cpu cpu(CpuSettings{.threads = 2});
  std::vector<float> expected;
  for (const float scale : {1.f, 0x1p-100f, 0x1p-60f, 0x1p60f, 0x1p100f}) {
    CAPTURE(scale);
    Matrix<float> scaled = x;
    for (Index i = 0; i < x.size(); ++i) scaled.data()[i] *= scale;
    const KMeansResult fitted = fit(KMeans<Euclidean>{.clusters = 4}, Rows(scaled), cpu);
    save_model(folder / "m.shoal", {model_of<Euclidean>(fitted), "k-means", "{}"});
    const Prediction p = predict(load_model(folder / "m.shoal").model, Rows(scaled), cpu);
    CHECK(p.labels == fitted.labels);
    if (scale == 1) expected = p.confidence;
    for (std::size_t i = 0; i < 300; ++i)
      CHECK(p.confidence[i] == doctest::Approx(expected[i]).epsilon(1e-5));
  }
}

TEST_CASE("heads, saved and loaded, say the same bits") {
  const Scratch folder("model");
  const Matrix<float> x = corners(300);
  const Cpu cpu(CpuSettings{.threads = 2});
  const Neighbors neighbors = exact_neighbors(Rows(x), {.count = 5}, cpu);
  for (const bool plain : {false, true}) {
    const HeadFit trained =
        fit(TEMI{.clusters = 4, .heads = 2, .epochs = 3, .batch = 100, .plain = plain, .standardize = true},
            Rows(x), NearestPairs(neighbors), cpu);
    save_model(folder / "h.shoal", {trained.model, "TEMI", ""});
    const SavedModel loaded = load_model(folder / "h.shoal");
    CHECK(std::get<HeadModel>(loaded.model).shape == trained.model.shape);
    const Prediction p = predict(loaded.model, Rows(x), cpu);
    CHECK(p.labels == trained.labels);
    CHECK(p.confidence == trained.confidence);
  }
}

TEST_CASE("what can't be predicted or loaded is refused") {
  const Scratch folder("model");
  const Cpu cpu(CpuSettings{.threads = 1});
  const Matrix<float> x = corners(20), narrow(3, 5, 1.f), zero(2, 6, 0.f);
  const KMeansModel model = model_of<Cosine>(fit(KMeans<>{.clusters = 4}, Rows(x), cpu));
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
