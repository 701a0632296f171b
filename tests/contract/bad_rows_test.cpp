// The contract of errors: rows that no method can take give bad_data at every entry, before any work; rows
// that are merely odd have a defined outcome.

#include "contract/small_data.hpp"
#include "support/refused.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/shoal.hpp>

using namespace shoal;

namespace {

TEMI small_temi(Index clusters) {
  TEMI method{.clusters = clusters, .heads = 2, .epochs = 2, .batch = 64};
  method.hidden = {16};
  method.bottleneck = 8;
  return method;
}

struct Entry {
  std::string name;
  std::function<void(const Matrix<float>&)> call;
  bool by_angle = false;  ///< rows must have a direction
};

/// Every public entry that takes features.
std::vector<Entry> entries() {
  const Cpu cpu(CpuSettings{.threads = 2});
  const auto good = small_data::clouds();
  const Neighbors near = exact_neighbors(good.rows, {.count = 5}, cpu);
  const KMeansResult clusters = fit(KMeans<>{.clusters = 4}, good.rows, cpu);
  const HeadModel model = fit(small_temi(4), good.rows, NearestPairs{near}, cpu).model;
  return {
      {"fit(KMeans<Cosine>)", [=](const auto& x) { (void)fit(KMeans<>{.clusters = 4}, x, cpu); }, true},
      {"fit(KMeans<Euclidean>)", [=](const auto& x) { (void)fit(KMeans<Euclidean>{.clusters = 4}, x, cpu); }},
      {"predict(KMeans)", [=](const auto& x) { (void)predict(clusters.centroids, x, cpu); }, true},
      {"exact_neighbors", [=](const auto& x) { (void)exact_neighbors(x, {.count = 5}, cpu); }, true},
      {"fit(TEMI)", [=](const auto& x) { (void)fit(small_temi(4), x, NearestPairs{near}, cpu); }},
      {"predict(heads)", [=](const auto& x) { (void)predict(model, x, cpu); }},
      {"column_scaling", [=](const auto& x) { (void)column_scaling(x, cpu); }},
      {"silhouette",
       [=](const auto& x) { (void)silhouette(x, good.truth, {.distance = Distance::cosine}, cpu); }, true},
  };
}

/// Calls with row 7 changed, at column 7 where one is, and expects bad_data with the place named.
void rejects(const Entry& entry, const std::function<void(float*, Index)>& spoil) {
  auto data = small_data::clouds();
  spoil(data.rows.row(7), data.rows.cols());
  CAPTURE(entry.name);
  test::refused(Errc::bad_data, "7", [&] { entry.call(data.rows); });
}

}  // namespace

TEST_CASE("NaN and infinity are refused at every entry, the place named") {
  for (const Entry& entry : entries()) {
    rejects(entry, [](float* row, Index) { row[7] = std::numeric_limits<float>::quiet_NaN(); });
    rejects(entry, [](float* row, Index) { row[7] = std::numeric_limits<float>::infinity(); });
    rejects(entry, [](float* row, Index) { row[7] = -std::numeric_limits<float>::infinity(); });
  }
}

TEST_CASE("a zero row has no direction: refused where angles count, taken elsewhere") {
  for (const Entry& entry : entries()) {
    const auto zero = [](float* row, Index cols) { std::fill(row, row + cols, 0.f); };
    if (entry.by_angle) {
      rejects(entry, zero);
    } else {
      auto data = small_data::clouds();
      zero(data.rows.row(7), data.rows.cols());
      CAPTURE(entry.name);
      CHECK_NOTHROW(entry.call(data.rows));
    }
  }
}

TEST_CASE("a constant column changes nothing but its own share") {
  const Cpu cpu(CpuSettings{.threads = 2});
  auto data = small_data::clouds();
  for (Index i = 0; i < data.rows.rows(); ++i) data.rows(i, 4) = 2.5f;
  const ColumnScaling scaling = column_scaling(data.rows, cpu);
  CHECK(scaling.scale[4] == 1.f);
  TEMI method = small_temi(5);
  method.standardize = true;
  const Neighbors near = exact_neighbors(data.rows, {.count = 5}, cpu);
  for (const HeadEpoch& epoch : fit(method, data.rows, NearestPairs{near}, cpu).history)
    CHECK(std::isfinite(epoch.loss));
  CHECK(std::isfinite(fit(KMeans<Euclidean>{.clusters = 5}, data.rows, cpu).objective));
}

TEST_CASE("duplicate rows share their label, whatever their number") {
  const Cpu cpu(CpuSettings{.threads = 2});
  auto data = small_data::clouds();
  for (Index i = 0; i < 200; ++i) std::copy_n(data.rows.row(250), data.rows.cols(), data.rows.row(i));
  const Neighbors near = exact_neighbors(data.rows, {.count = 5}, cpu);
  for (const auto& labels : {fit(KMeans<>{.clusters = 30}, data.rows, cpu).labels,
                             fit(small_temi(5), data.rows, NearestPairs{near}, cpu).labels})
    for (std::size_t i = 0; i < 200; ++i) CHECK(labels[i] == labels[250]);
}

TEST_CASE("as many clusters as rows, and one more") {
  const Cpu cpu(CpuSettings{.threads = 2});
  const auto data = small_data::clouds(64);
  const KMeansResult all = fit(KMeans<Euclidean>{.clusters = 64}, data.rows, cpu);
  CHECK(std::set<Label>(all.labels.begin(), all.labels.end()).size() == 64);
  CHECK(all.objective == doctest::Approx(0).scale(1e-3));
  const Neighbors near = exact_neighbors(data.rows, {.count = 5}, cpu);
  const NearestPairs pairs{near};
  CHECK_NOTHROW((void)fit(small_temi(64), data.rows, pairs, cpu));
  CHECK_THROWS_AS((void)fit(KMeans<>{.clusters = 65}, data.rows, cpu), error);
  CHECK_THROWS_AS((void)fit(small_temi(65), data.rows, pairs, cpu), error);
  CHECK_THROWS_AS((void)exact_neighbors(data.rows, {.count = 64}, cpu), error);
}
