#include "support.hpp"
#include "support/scratch.hpp"

#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;
using kmeans_test::is_nearest;

// Weights and centroids that would be gone before fit() reads them are refused.
static_assert(std::assignable_from<decltype(KMeans<>::weights)&, const std::vector<float>&>);
static_assert(!std::assignable_from<decltype(KMeans<>::weights)&, std::vector<float>>);
static_assert(std::assignable_from<decltype(KMeans<>::start)&, const Matrix<float>&>);
static_assert(!std::assignable_from<decltype(KMeans<>::start)&, Matrix<float>>);

namespace {

Matrix<float> golden(const char* name) {
  const auto file = npy::map(std::string(TEST_DATA) + "/" + name);
  Matrix<float> m(file.rows(), file.cols());
  file.read(0, m);
  return m;
}

template <class R> bool same(const R& a, const R& b) {
  return a.labels == b.labels && a.objective == b.objective && a.history.size() == b.history.size() &&
         std::equal(a.centroids.data(), a.centroids.data() + a.centroids.size(), b.centroids.data());
}

}  // namespace

TEST_CASE("from given centroids the objective is that of scikit-learn") {
  const auto rows = golden("rows.npy"), start = golden("start.npy");
  const auto weights = golden("weights.npy");
  std::ifstream file(std::string(TEST_DATA) + "/objectives.txt");
  std::string kind;
  Index iterations = 0, read = 0;
  for (double expected = 0; file >> kind >> iterations >> expected; ++read) {
    KMeans<Euclidean> settings{.clusters = 30, .iterations = iterations, .start = start};
    if (kind == "weighted") settings.weights = std::span(weights.data(), 600);
    CHECK(fit(settings, Rows(rows), Cpu{}).objective == doctest::Approx(expected).epsilon(1e-6));
  }
  CHECK(read == 8);
}

TEST_CASE_TEMPLATE("every label is a nearest centroid, and the objective never grows", Geo, Euclidean,
                   Cosine) {
  const auto rows = blobs(900, 70, 25, 0.7f, 5);
  for (const Seeding seeding : {Seeding::random, Seeding::plus_plus}) {
    const auto result = fit(KMeans<Geo>{.clusters = 40, .seed = 9, .seeding = seeding}, Rows(rows), Cpu{});
    double direct = 0;
    for (Index i = 0; i < rows.rows(); ++i) {
      std::vector<float> row(rows.row(i), rows.row(i) + rows.cols());
      if (Geo::unit) normalize(row.data(), rows.cols());
      const Label label = result.labels[static_cast<std::size_t>(i)];
      REQUIRE(is_nearest(row.data(), result.centroids, label));
      direct += Geo::cost(squared_distance(row.data(), result.centroids.row(label), rows.cols()));
    }
    CHECK(result.objective == doctest::Approx(direct).epsilon(1e-12));
    for (std::size_t t = 1; t < result.history.size(); ++t)
      CHECK(result.history[t].objective <= result.history[t - 1].objective * (1 + 1e-6));
    CHECK(result.objective <= result.history.back().objective * (1 + 1e-6));
  }
}

TEST_CASE("the same bits for 1, 2 and 7 threads, and from half precision as from its values") {
  const auto rows = blobs(3000, 50, 20, 0.5f, 6);
  std::vector<std::uint16_t> half(static_cast<std::size_t>(rows.size()));
  Matrix<float> rounded(3000, 50);
  for (std::size_t i = 0; i < half.size(); ++i) {
    half[i] = float_to_half(rows.data()[i]);
    rounded.data()[i] = half_to_float(half[i]);
  }
  const KMeans<> settings{.clusters = 60, .iterations = 8, .seed = 1};
  const auto one = fit(settings, Rows(rounded), Cpu(CpuSettings{.threads = 1}));
  CHECK(same(one, fit(settings, Rows(rounded), Cpu(CpuSettings{.threads = 2}))));
  CHECK(same(one, fit(settings, Rows(rounded), Cpu(CpuSettings{.threads = 7}))));
  CHECK(same(one, fit(settings, Rows(half.data(), Dtype::float16, 3000, 50, 50), Cpu{})));
}

TEST_CASE("the same bits from a file as from memory") {
  const auto file = npy::map(std::string(TEST_DATA) + "/rows.npy");
  const auto rows = golden("rows.npy");
  for (const Bounds bounds : {Bounds::off, Bounds::pair, Bounds::none}) {
    const KMeans<> settings{.clusters = 40, .seed = 1, .bounds = bounds};
    CHECK(same(fit(settings, file, Cpu{}), fit(settings, Rows(rows), Cpu{})));
  }
}

TEST_CASE("the same bits from a file of several windows, read ahead and let go behind") {
  const auto rows = blobs(150'000, 8, 20, 0.4f, 41);
  const Scratch scratch("kmeans-windows");
  npy::write(scratch / "rows.npy", rows);
  const auto file = npy::map(scratch / "rows.npy");
  for (const Bounds bounds : {Bounds::off, Bounds::group}) {
    const KMeans<Euclidean> settings{
        .clusters = 20, .iterations = 3, .seeding = Seeding::random, .bounds = bounds};
    CHECK(same(fit(settings, file, Cpu{}), fit(settings, Rows(rows), Cpu{})));
  }
}

TEST_CASE("whole weights are repeated rows") {
  const auto rows = blobs(200, 12, 8, 0.5f, 7);
  std::vector<float> weights(200);
  std::vector<Index> ids;
  for (Index i = 0; i < 200; ++i) {
    weights[static_cast<std::size_t>(i)] = static_cast<float>(i % 4);
    for (Index k = 0; k < i % 4; ++k) ids.push_back(i);
  }
  Matrix<float> repeated(static_cast<Index>(ids.size()), 12), start(10, 12);
  Rows(rows).gather(ids, repeated);
  Rows(rows).read(1, start);
  const auto weighted =
      fit(KMeans<Euclidean>{.clusters = 10, .weights = weights, .start = start}, Rows(rows), Cpu{});
  const auto plain = fit(KMeans<Euclidean>{.clusters = 10, .start = start}, Rows(repeated), Cpu{});
  CHECK(weighted.objective == doctest::Approx(plain.objective).epsilon(1e-6));
  for (std::size_t i = 0; i < ids.size(); ++i)
    CHECK(plain.labels[i] == weighted.labels[static_cast<std::size_t>(ids[i])]);
}

TEST_CASE("one cluster, as many as rows, and a row of its own for each") {
  const auto rows = blobs(40, 6, 40, 0.1f, 9);
  const auto one = fit(KMeans<Euclidean>{.clusters = 1}, Rows(rows), Cpu{});
  for (Index j = 0; j < 6; ++j) {
    double mean = 0;
    for (Index i = 0; i < 40; ++i) mean += rows(i, j) / 40.0;
    CHECK(one.centroids(0, j) == doctest::Approx(mean).epsilon(1e-5));
  }
  for (const Seeding seeding : {Seeding::random, Seeding::plus_plus}) {
    const auto all = fit(KMeans<Euclidean>{.clusters = 40, .seeding = seeding}, Rows(rows), Cpu{});
    CHECK(std::set<Label>(all.labels.begin(), all.labels.end()).size() == 40);
    CHECK(all.objective == doctest::Approx(0).epsilon(1e-9));
    CHECK(all.stopped == Stopped::no_change);
  }
}

TEST_CASE("restarts keep the best objective") {
  const auto rows = blobs(400, 10, 30, 0.5f, 12);
  double best = 1e300;
  for (std::uint64_t seed = 5; seed < 9; ++seed)
    best = std::min(best, fit(KMeans<Euclidean>{.clusters = 30, .seed = seed}, Rows(rows), Cpu{}).objective);
  CHECK(fit(KMeans<Euclidean>{.clusters = 30, .seed = 5, .restarts = 4}, Rows(rows), Cpu{}).objective ==
        best);
}

TEST_CASE("bad input is refused before work starts") {
  auto rows = blobs(30, 4, 3, 0.5f, 13);
  const Cpu cpu;
  const auto refuses = [&](const auto& settings) { CHECK_THROWS_AS(fit(settings, Rows(rows), cpu), error); };
  refuses(KMeans<>{.clusters = 0});
  refuses(KMeans<>{.clusters = -1});
  refuses(KMeans<>{.clusters = 31});
  refuses(KMeans<>{.clusters = 3, .iterations = 0});
  refuses(KMeans<>{.clusters = 3, .restarts = 0});
  refuses(KMeans<>{.clusters = 3, .tolerance = std::nan("")});
  std::vector<float> weights(29, 1.f);
  refuses(KMeans<>{.clusters = 3, .weights = weights});
  weights.assign(30, 0.f);
  refuses(KMeans<>{.clusters = 3, .weights = weights});
  weights.assign(30, -1.f);
  refuses(KMeans<>{.clusters = 3, .weights = weights});
  Matrix<float> start(2, 4, 1.f);
  refuses(KMeans<>{.clusters = 3, .start = start});
  start(1, 2) = std::nanf("");
  refuses(KMeans<>{.clusters = 2, .start = start});
  for (const float bad : {std::nanf(""), INFINITY, -INFINITY}) {
    rows(17, 2) = bad;
    for (const Seeding seeding : {Seeding::random, Seeding::plus_plus})
      refuses(KMeans<>{.clusters = 3, .seeding = seeding});
    refuses(KMeans<Euclidean>{.clusters = 3});
    CHECK_THROWS_AS(predict<Euclidean>(blobs(3, 4, 3, 1.f, 1), Rows(rows), cpu), error);
  }
  for (Index j = 0; j < 4; ++j) rows(17, j) = 0.f;
  refuses(KMeans<>{.clusters = 3});
  CHECK_NOTHROW(fit(KMeans<Euclidean>{.clusters = 3}, Rows(rows), cpu));
  CHECK_THROWS_AS(predict<Cosine>(blobs(3, 5, 3, 1.f, 1), Rows(rows), cpu), error);
  CHECK_THROWS_AS(predict<Euclidean>(blobs(3, 4, 3, 1.f, 1), Rows(rows), cpu, 4), error);
  CHECK_THROWS_AS(fit(KMeans<>{.clusters = 1}, Rows(rows.view().block(0, 0)), cpu), error);
}
