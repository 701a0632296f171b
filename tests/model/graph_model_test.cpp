#include "model/corners.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/model/saved_model.hpp>

using namespace shoal;
using model_test::corners;

namespace {

/// Rows around four directions, i around i mod 4, and that as their labels.
Matrix<float> groups(Index rows, std::uint64_t seed) {
  const Matrix<float> centre = test::random_rows(4, 8, 77);
  Matrix<float> x = test::random_rows(rows, 8, seed);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < 8; ++j) x(i, j) = 3 * centre(i % 4, j) + 0.3f * x(i, j);
  return x;
}
std::vector<Label> labels_of(Index rows) {
  std::vector<Label> labels;
  for (Index i = 0; i < rows; ++i) labels.push_back(static_cast<Label>(i % 4));
  return labels;
}

}  // namespace

TEST_CASE(
    "new rows find their clusters by neighbours and by centroids, and so does the model from its file") {
  const Scratch folder("graph_model");
  const Matrix<float> x = groups(300, 1), other = groups(80, 2);
  const Cpu cpu({.threads = 2});
  GraphModel model = graph_model(x, labels_of(300), 4, cpu);
  CHECK(model.rows.rows() == 300);
  for (const PredictBy by : {PredictBy::neighbors, PredictBy::centroids}) {
    model.by = by;
    const Prediction found = predict(model, other, cpu);
    CHECK(found.labels == labels_of(80));
    CHECK(found.top.cols() == 4);
    save_model(folder / "m.shoal", {model, "Auto", "{}"});
    for (const int threads : {1, 7}) {
      const Prediction again =
          predict(load_model(folder / "m.shoal").model, other, Cpu({.threads = threads}));
      CHECK(again.labels == found.labels);
      CHECK(again.confidence == found.confidence);
    }
  }
}

TEST_CASE("standardised rows: the model scales new rows as those it was made of") {
  const Matrix<float> x = groups(300, 1), other = groups(80, 2);
  const Cpu cpu;
  const Rows raw(x);
  const Standardized scaled(raw, cpu);
  const GraphModel model = graph_model(scaled, labels_of(300), 4, cpu, scaled.scaling());
  CHECK(predict(model, other, cpu).labels == labels_of(80));
  const Prediction own = predict(model, x, cpu, 1);
  CHECK(own.labels == labels_of(300));
  CHECK(own.top.cols() == 1);
}

TEST_CASE("where rows take more memory than they may, a sample of them votes") {
  const Matrix<float> x = groups(300, 1), other = groups(80, 2);
  const Cpu cpu;
  const GraphModel model =
      graph_model(x, labels_of(300), 4, cpu, {}, {.neighbors = 99, .most_bytes = 40 * 32});
  CHECK(model.rows.rows() == 40);
  CHECK(model.neighbors == 40);
  CHECK(predict(model, other, cpu).labels == labels_of(80));
}

TEST_CASE("a cluster without rows can be saved, and no row is near to it") {
  const Scratch folder("graph_model");
  const Matrix<float> x = groups(60, 1);
  const Cpu cpu;
  GraphModel model = graph_model(x, labels_of(60), 6, cpu);
  save_model(folder / "m.shoal", {model, "Auto", "{}"});
  model.by = PredictBy::centroids;
  CHECK(predict(model, x, cpu).labels == labels_of(60));
  test::refused(Errc::invalid_argument, "label", [&] { (void)graph_model(x, labels_of(60), 3, cpu); });
  const Matrix<float> narrow(3, 7, 1.f);
  test::refused(Errc::invalid_argument, "columns", [&] { (void)predict(model, narrow, cpu); });
}
