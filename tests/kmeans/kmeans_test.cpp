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

std::vector<Index> sizes(const KMeansResult& result) {
  std::vector<Index> all(static_cast<std::size_t>(result.centroids.rows()));
  for (const Label label : result.labels) ++all[static_cast<std::size_t>(label)];
  return all;
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

TEST_CASE("a fit that goes on from where one stopped is the fit of both") {
  const auto rows = blobs(500, 20, 15, 0.6f, 8);
  const auto both = fit(KMeans<>{.clusters = 20, .iterations = 9, .seed = 2}, Rows(rows), Cpu{});
  const auto first = fit(KMeans<>{.clusters = 20, .iterations = 4, .seed = 2}, Rows(rows), Cpu{});
  const auto second =
      fit(KMeans<>{.clusters = 20, .iterations = 5, .start = first.centroids}, Rows(rows), Cpu{});
  CHECK(second.objective == doctest::Approx(both.objective).epsilon(1e-6));
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

TEST_CASE("duplicates: as many clusters as there are different rows, whatever is asked for") {
  Matrix<float> rows(90, 5, 1.f);
  for (Index i = 0; i < 90; ++i) rows(i, 0) = static_cast<float>(i % 3);
  for (const Seeding seeding : {Seeding::random, Seeding::plus_plus})
    for (const EmptyRule rule :
         {EmptyRule::farthest_row, EmptyRule::split_largest, EmptyRule::keep, EmptyRule::drop}) {
      const auto result = fit(KMeans<Euclidean>{.clusters = 8, .seed = 4, .seeding = seeding, .empty = rule},
                              Rows(rows), Cpu{});
      CHECK(std::set<Label>(result.labels.begin(), result.labels.end()).size() <= 3);
      CHECK(std::isfinite(result.objective));
      // split_largest leaves its pairs of centroids 1/1024 apart.
      if (seeding == Seeding::plus_plus)
        CHECK(result.objective <= (rule == EmptyRule::split_largest ? 1e-3 : 0));
      if (rule == EmptyRule::drop) CHECK(result.centroids.rows() <= 3);
    }
}

TEST_CASE("rules for empty clusters") {
  // Two groups and a start that leaves cluster 2 without rows.
  Matrix<float> rows(20, 2, 0.f), start(3, 2, 0.f);
  for (Index i = 0; i < 20; ++i) {
    rows(i, 0) = i < 10 ? 0.f : 10.f;
    rows(i, 1) = static_cast<float>(i % 10);
  }
  start(1, 0) = 10.f;
  start(2, 0) = -1000.f;
  const auto run = [&](EmptyRule rule) {
    return fit(KMeans<Euclidean>{.clusters = 3, .empty = rule, .start = start}, Rows(rows), Cpu{});
  };
  CHECK(run(EmptyRule::keep).centroids(2, 0) == -1000.f);
  CHECK(run(EmptyRule::keep).history.back().empty == 1);
  CHECK(run(EmptyRule::drop).centroids.rows() == 2);
  CHECK(run(EmptyRule::drop).objective == doctest::Approx(165));
  CHECK(run(EmptyRule::farthest_row).objective < 120);
  CHECK(run(EmptyRule::split_largest).objective < 120);
  for (const Index size : sizes(run(EmptyRule::farthest_row))) CHECK(size > 0);
  CHECK(run(EmptyRule::farthest_row).history.front().empty == 1);
}

TEST_CASE("k-means++ follows the D² distribution") {
  // Rows at 0, 1 and 3 on a line: given the first centre, the second is drawn by the squared distances.
  Matrix<float> rows(3, 1);
  rows(0, 0) = 0.f, rows(1, 0) = 1.f, rows(2, 0) = 3.f;
  std::map<std::pair<float, float>, int> seen;
  const Rows source(rows);
  const CheckedRows features(source, false, "test");
  const Cpu cpu(CpuSettings{.threads = 1});
  constexpr int draws = 6000;
  for (int seed = 0; seed < draws; ++seed) {
    Matrix<float> centroids(2, 1);
    PlusPlus(features, {}, static_cast<std::uint64_t>(seed), cpu).choose(centroids);
    ++seen[{centroids(0, 0), centroids(1, 0)}];
  }
  const auto share = [&](float a, float b) { return seen[{a, b}] / double{draws}; };
  CHECK(share(0, 3) == doctest::Approx(0.9 / 3).epsilon(0.08));
  CHECK(share(1, 3) == doctest::Approx(0.8 / 3).epsilon(0.08));
  CHECK(share(3, 0) == doctest::Approx(9.0 / 13 / 3).epsilon(0.08));
  CHECK(share(0, 1) == doctest::Approx(0.1 / 3).epsilon(0.25));
}

TEST_CASE("predict: nearest first, the same labels alone or together, those of the fit") {
  const auto rows = blobs(700, 33, 20, 0.8f, 10);
  const auto result = fit(KMeans<>{.clusters = 50, .seed = 3}, Rows(rows), Cpu{});
  const auto top = predict<Cosine>(result.centroids, Rows(rows), Cpu{}, 5);
  const auto first = predict<Cosine>(result.centroids, Rows(rows), Cpu{});
  for (Index i = 0; i < 700; ++i) {
    REQUIRE(top.labels(i, 0) == first.labels(i, 0));
    REQUIRE(first.labels(i, 0) == result.labels[static_cast<std::size_t>(i)]);
    std::set<Label> different;
    for (Index k = 0; k < 5; ++k) {
      different.insert(top.labels(i, k));
      if (k > 0) REQUIRE(top.distances(i, k) >= top.distances(i, k - 1) - 1e-6f);
    }
    REQUIRE(different.size() == 5);
    if (i % 50 != 0) continue;
    const auto alone = predict<Cosine>(result.centroids, Rows(rows.view().block(i, 1)), Cpu{}, 5);
    for (Index k = 0; k < 5; ++k) REQUIRE(alone.labels(0, k) == top.labels(i, k));
  }
}

TEST_CASE("a hook hears of each iteration and may stop") {
  const auto rows = blobs(600, 10, 30, 1.f, 11);
  Index calls = 0;
  const auto result = fit(KMeans<Euclidean>{.clusters = 30, .seeding = Seeding::random}, Rows(rows), Cpu{},
                          [&](const Progress& p) { return ++calls == p.done && calls < 3; });
  CHECK(calls == 3);
  CHECK(result.stopped == Stopped::hook);
  CHECK(result.history.size() == 3);
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

TEST_CASE("automatic bounds: half the budget, or no more than the rows where there is none") {
  const auto chosen = [](Index n, Index clusters, std::size_t memory) {
    return plan_kmeans(n, 384, clusters, Bounds::automatic, Cpu(CpuSettings{.threads = 1, .memory = memory}))
        .bounds;
  };
  const Bounds least = fastest_cost < 1 ? Bounds::none : Bounds::off;
  CHECK(chosen(82'115, 4096, 0) == Bounds::pair);      // 320 MiB
  CHECK(chosen(1'000'000, 1000, 0) == Bounds::pair);   // 1 GiB, the rows 1.4 GiB
  CHECK(chosen(8'000'000, 1000, 0) == Bounds::group);  // pairs 7.6 GiB
  CHECK(chosen(13'000'000, 21'841, 0) == least);       // even groups 33 GiB
  CHECK(chosen(82'115, 1000, 240 << 20) == Bounds::pair);
  CHECK(chosen(82'115, 1000, 100 << 20) == Bounds::group);
  CHECK(chosen(82'115, 1000, 10 << 20) == least);
  CHECK(chosen(82'115, 32, 0) == Bounds::off);  // too few to pay
  CHECK(plan_kmeans(82'115, 384, 1000, Bounds::pair, Cpu{}).bytes > 82'115u * 1024);
}
