#include "kmeans/support.hpp"

#include <cmath>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/hierarchical.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/kmeans/mini_batch.hpp>

using namespace shoal;
using kmeans_test::blobs;

namespace {

/// Rows scaled, then shifted, as float32 has them.
Matrix<float> placed(Matrix<float> rows, double scale, double shift) {
  for (Index i = 0; i < rows.size(); ++i)
    rows.data()[i] =
        static_cast<float>(double{rows.data()[i]} * scale + shift * (1 + double(i % rows.cols()) / 64));
  return rows;
}

/// The mean of rows, and the mean squared distance from it, in double.
struct Spread {
  std::vector<double> mean;
  double square = 0;

  explicit Spread(const Matrix<float>& rows) : mean(static_cast<std::size_t>(rows.cols()), 0) {
    const auto n = static_cast<double>(rows.rows());
    for (Index i = 0; i < rows.size(); ++i)
      mean[static_cast<std::size_t>(i % rows.cols())] += double{rows.data()[i]} / n;
    for (Index i = 0; i < rows.rows(); ++i) square += about(rows.row(i)) / n;
  }
  [[nodiscard]] double about(const float* x) const {
    double sum = 0;
    for (std::size_t j = 0; j < mean.size(); ++j) sum += (double{x[j]} - mean[j]) * (double{x[j]} - mean[j]);
    return sum;
  }
};

/// Whether each row has a nearest centroid, but for the rounding of products of rows less their mean, and of
/// the centroids to float32 where they lie.
bool all_nearest(const Matrix<float>& rows, const std::vector<Label>& labels,
                 const Matrix<float>& centroids) {
  const Spread spread(rows);
  const auto d = static_cast<double>(rows.cols());
  bool good = true;
  for (Index i = 0; i < rows.rows(); ++i) {
    const auto all = kmeans_test::distances(rows.row(i), centroids);
    const Label own = labels[static_cast<std::size_t>(i)];
    const double x = spread.about(rows.row(i));
    for (Index c = 0; c < centroids.rows(); ++c) {
      const double slack =
          12 * (d + 4) * 0x1p-24 *
          (x + spread.square + spread.about(centroids.row(c)) + spread.about(centroids.row(own)));
      good = good && all[static_cast<std::size_t>(own)] <= all[static_cast<std::size_t>(c)] + slack;
    }
  }
  return good;
}

double direct_objective(const Matrix<float>& rows, const std::vector<Label>& labels,
                        const Matrix<float>& centroids) {
  double sum = 0;
  for (Index i = 0; i < rows.rows(); ++i)
    sum += squared_distance(rows.row(i), centroids.row(labels[static_cast<std::size_t>(i)]), rows.cols());
  return sum;
}

struct Place {
  double scale, shift;
};
const std::vector<Place> places{{1, 0},    {1, 1e3},   {1, 1e4},     {1, 1e5},       {1, 1e6},
                                {1, -1e6}, {1e-30, 0}, {1e-25, 0},   {1e-25, 1e-22}, {1e-10, 0},
                                {1e10, 0}, {1e18, 0},  {1e25, 1e28}, {1e30, 0}};

}  // namespace

TEST_CASE("most data keeps its place: no origin and no scale where nothing cancels") {
  const auto frame = [](double scale, double shift) {
    const auto rows = placed(blobs(300, 12, 5, 0.5f, 201), scale, shift);
    return frame_of("test", Rows(rows), {}, {}, Cpu{});
  };
  for (const double scale : {1e-3, 1.0, 1e9}) CHECK(frame(scale, 0).identity());
  CHECK_FALSE(frame(1, 100).origin.empty());
  CHECK(frame(1, 100).scale == 1);
  CHECK(frame(1e-25, 0).scale > 1);
  CHECK(frame(1e-25, 0).origin.empty());
  CHECK(frame(1e25, 0).scale < 1);
}

TEST_CASE("a frame is the same for any number of threads, and its points come back as they are") {
  for (const auto& [scale, shift] : places) {
    const auto rows = placed(blobs(3000, 7, 5, 0.5f, 202), scale, shift);
    const Frame one = frame_of("test", Rows(rows), {}, {}, Cpu(CpuSettings{.threads = 1}));
    const Frame many = frame_of("test", Rows(rows), {}, {}, Cpu(CpuSettings{.threads = 7}));
    CHECK(one.scale == many.scale);
    CHECK(one.origin == many.origin);
    Matrix<float> z = rows;
    one.enter(z);
    double largest = 0;
    for (Index i = 0; i < z.size(); ++i) largest = std::max(largest, std::abs(double{z.data()[i]}));
    CHECK(largest < 0x1p60);
    CHECK(largest > 0x1p-20);
    one.leave(z);
    double off = 0;
    for (Index i = 0; i < z.size(); ++i)
      off = std::max(off, std::abs(double{z.data()[i]} - double{rows.data()[i]}) /
                              (std::abs(double{rows.data()[i]}) + scale));
    CHECK(off <= 0x1p-22);
    const Rows source(rows);
    const FramedRows framed(source, one, "test");
    Matrix<float> read(2, 7), gathered(2, 7);
    framed.read(5, read);
    const std::vector<Index> ids{5, 6};
    framed.gather(ids, gathered);
    CHECK(std::equal(read.data(), read.data() + 14, gathered.data()));
  }
}

TEST_CASE("rows that are not finite are named before anything else") {
  auto rows = placed(blobs(300, 4, 5, 0.5f, 203), 1, 1e6);
  rows(217, 2) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS((void)fit(KMeans<Euclidean>{.clusters = 3}, Rows(rows), Cpu{}),
                       doctest::Contains("row 217"), error);
}

TEST_CASE("Euclidean k-means is right at every offset and magnitude: labels, losses, predictions") {
  for (const auto& [scale, shift] : places)
    for (const Seeding seeding : {Seeding::random, Seeding::plus_plus, Seeding::afk_mc2}) {
      CAPTURE(scale);
      CAPTURE(shift);
      const auto rows = placed(blobs(1500, 32, 40, 0.5f, 204), scale, shift);
      KMeans<Euclidean> settings{.clusters = 80, .iterations = 6, .seed = 1, .seeding = seeding};
      const auto result = fit(settings, Rows(rows), Cpu{});
      CHECK_UNARY(all_nearest(rows, result.labels, result.centroids));
      CHECK(result.empty == 0);
      const double direct = direct_objective(rows, result.labels, result.centroids);
      CHECK(result.objective == doctest::Approx(direct).epsilon(1e-5));
      for (std::size_t t = 1; t < result.history.size(); ++t)
        CHECK(result.history[t].objective <= result.history[t - 1].objective * (1 + 1e-5));
      CHECK(result.history.back().objective >= result.objective * (1 - 1e-5));
      const auto again = predict<Euclidean>(result.centroids, Rows(rows), Cpu{}, 2);
      std::vector<Label> labels;
      for (Index i = 0; i < rows.rows(); ++i) labels.push_back(again.labels(i, 0));
      CHECK_UNARY(all_nearest(rows, labels, result.centroids));
      for (Index i = 0; i < rows.rows(); i += 100) {
        const auto expected = static_cast<float>(
            squared_distance(rows.row(i), result.centroids.row(labels[static_cast<std::size_t>(i)]), 32));
        if (std::isinf(expected))  // beyond float32, as where rows are of 1e25
          CHECK(again.distances(i, 0) == expected);
        else
          CHECK(again.distances(i, 0) == doctest::Approx(expected).epsilon(1e-4));
      }
    }
}

TEST_CASE("the loss of an iteration is the sum over all rows at its centroids, however tight the clusters") {
  for (const float noise : {0.5f, 1e-2f, 1e-4f})
    for (const double shift : {0.0, 1e4}) {
      const auto rows = placed(blobs(900, 16, 12, noise, 205), 1, shift);
      Matrix<float> start(12, 16);
      Rows(rows).read(0, start);
      const auto check = [&]<class Geo>(Geo) {
        const auto result =
            fit(KMeans<Geo>{.clusters = 12, .iterations = 5, .start = start, .bounds = Bounds::pair},
                Rows(rows), Cpu{});
        Matrix<float> before = start;
        for (std::size_t t = 0; t < result.history.size(); ++t) {
          const auto then =
              fit(KMeans<Geo>{.clusters = 12, .iterations = static_cast<Index>(t) + 1, .start = start},
                  Rows(rows), Cpu{});
          double direct = 0;  // each row at the nearest of the centroids before the move
          for (Index i = 0; i < rows.rows(); ++i) {
            std::vector<float> x(rows.row(i), rows.row(i) + 16);
            if (Geo::unit) normalize(x.data(), 16);
            double least = 1e300;
            for (Index c = 0; c < 12; ++c) {
              std::vector<float> y(before.row(c), before.row(c) + 16);
              if (Geo::unit) normalize(y.data(), 16);
              least = std::min(least, squared_distance(x.data(), y.data(), 16));
            }
            direct += Geo::cost(least);
          }
          CHECK(result.history[t].objective == doctest::Approx(direct).epsilon(2e-4));
          before = then.centroids;
        }
      };
      check(Euclidean{});
      if (shift == 0) check(Cosine{});
    }
}

TEST_CASE("map coordinates: eight groups 100 m apart, a metre wide, at 500 km and 5,000 km") {
  const Philox random(206, 0);
  Matrix<float> rows(2000, 2);
  for (Index i = 0; i < 2000; ++i)
    for (Index j = 0; j < 2; ++j)
      rows(i, j) = static_cast<float>((j == 0 ? 5e5 : 5e6) +
                                      100.0 * static_cast<double>(j == 0 ? i % 8 % 4 : i % 8 / 4) +
                                      random.normal(static_cast<std::uint64_t>(2 * i + j)));
  const auto result = fit(KMeans<Euclidean>{.clusters = 8, .restarts = 3}, Rows(rows), Cpu{});
  bool same = true;
  for (std::size_t i = 8; i < 2000; ++i) same = same && result.labels[i] == result.labels[i % 8];
  CHECK(same);
  CHECK(result.empty == 0);
}

TEST_CASE("every kind of k-means is right far away and at small magnitudes") {
  for (const auto& [scale, shift] : {Place{1, 1e5}, Place{1e-25, 0}, Place{1e28, 0}}) {
    CAPTURE(scale);
    const auto rows = placed(blobs(1200, 16, 10, 0.05f, 207), scale, shift);
    const auto flat = fit(KMeans<Euclidean>{.clusters = 10, .restarts = 3}, Rows(rows), Cpu{});
    CHECK_UNARY(all_nearest(rows, flat.labels, flat.centroids));

    const auto deep = fit(HierarchicalKMeans<Euclidean>{.clusters = 10}, Rows(rows), Cpu{});
    CHECK_UNARY(all_nearest(rows, deep.labels, deep.centroids));

    const auto plain = fit(KMeans<Euclidean>{.clusters = 10, .restarts = 3}, Rows(rows), EigenCpu(2));
    CHECK_UNARY(all_nearest(rows, plain.labels, plain.centroids));
    CHECK(plain.objective == doctest::Approx(flat.objective).epsilon(1e-4));

    const auto bounded =
        fit(KMeans<Euclidean, Capacity>{.clusters = 10, .balancing = {100, 140}}, Rows(rows), Cpu{});
    std::vector<Index> sizes(10, 0);
    for (const Label label : bounded.labels) ++sizes[static_cast<std::size_t>(label)];
    for (const Index size : sizes) CHECK_UNARY(size >= 100 && size <= 140);
    CHECK(bounded.objective ==
          doctest::Approx(direct_objective(rows, bounded.labels, bounded.centroids)).epsilon(1e-4));

    MiniBatchKMeans<Euclidean> online(flat.centroids);
    for (Index first = 0; first < 1200; first += 300) {
      const Matrix<float> before = online.centroids();
      Matrix<float> batch(300, 16);
      Rows(rows).read(first, batch);
      CHECK_UNARY(all_nearest(batch, online.partial_fit(Rows(batch), Cpu{}), before));
    }
  }
}

TEST_CASE("from half precision as from its values, far away too") {
  const auto rows = blobs(1500, 24, 20, 0.5f, 208);
  for (const double shift : {0.0, 300.0, 1e3, 1e4}) {
    const auto far = placed(rows, 20, shift);
    std::vector<std::uint16_t> half(static_cast<std::size_t>(far.size()));
    Matrix<float> rounded(1500, 24);
    for (std::size_t i = 0; i < half.size(); ++i) {
      half[i] = float_to_half(far.data()[i]);
      rounded.data()[i] = half_to_float(half[i]);
    }
    const KMeans<Euclidean> settings{.clusters = 70, .iterations = 5};
    const auto result = fit(settings, Rows(half.data(), Dtype::float16, 1500, 24, 24), Cpu{});
    CHECK_UNARY(all_nearest(rounded, result.labels, result.centroids));
    CHECK(result.labels == fit(settings, Rows(rounded), Cpu{}).labels);
  }
}

TEST_CASE("pruning and threads change no bit far away, and a fit goes on from where one stopped") {
  const auto rows = placed(blobs(1600, 40, 30, 0.6f, 209), 1, 2e4);
  const KMeans<Euclidean> settings{.clusters = 80, .iterations = 8, .seed = 3, .bounds = Bounds::off};
  const auto full = fit(settings, Rows(rows), Cpu{});
  for (const Bounds bounds : {Bounds::pair, Bounds::group, Bounds::none})
    for (const int threads : {1, 7}) {
      KMeans<Euclidean> other = settings;
      other.bounds = bounds;
      const auto pruned = fit(other, Rows(rows), Cpu(CpuSettings{.threads = threads}));
      CHECK(pruned.labels == full.labels);
      CHECK(pruned.objective == full.objective);
      CHECK(std::equal(full.centroids.data(), full.centroids.data() + full.centroids.size(),
                       pruned.centroids.data()));
    }
}

TEST_CASE("identical rows: one cluster is used and the others are told to be empty") {
  for (const float value : {0.f, 1.f, 1e6f, 1e-30f, 1e30f}) {
    const Matrix<float> same(50, 3, value);
    const auto result = fit(KMeans<Euclidean>{.clusters = 5}, Rows(same), Cpu{});
    CHECK(result.objective == 0);
    CHECK(result.empty == 4);
    CHECK(result.cluster_weights[static_cast<std::size_t>(result.labels[0])] == 50);
    CHECK(result.centroids(result.labels[0], 1) == value);
  }
}
