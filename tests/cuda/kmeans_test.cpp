#include <support/gpu.hpp>

#include <doctest/doctest.h>

#include <shoal/kmeans/cuda/assigner.cuh>

using namespace shoal;
using host::FakeRuntime;
using host::Turns;

namespace {

double squared_gap(const float* x, const float* y, Index d) {
  double sum = 0;
  for (Index j = 0; j < d; ++j) sum += (double{x[j]} - double{y[j]}) * (double{x[j]} - double{y[j]});
  return sum;
}

struct Found {
  std::vector<Label> labels;
  GpuAssigner<FakeRuntime>::Sums sums;
  Index moved;
};

Found assign(const Matrix<float>& rows, const Matrix<float>& centroids, std::vector<Label> labels,
             Turns turns, std::size_t room, std::span<const float> weights = {},
             Precision products = Precision::float32) {
  FakeRuntime runtime(turns);
  Found found{std::move(labels), {}, 0};
  {
    GpuStream<FakeRuntime> stream(runtime);
    const Rows source(rows);
    GpuAssigner<FakeRuntime> assigner(stream, source, false, centroids.rows(), weights, room, products);
    found.moved = assigner.assign(centroids, found.labels, found.sums);
    CHECK(assigner.bad_row() == -1);
  }
  CHECK(runtime.live() == 0);
  return found;
}

/// Every row has one of its nearest centroids, to rounding; sums, weights and counts are those of the labels.
void check_assignment(const Matrix<float>& rows, const Matrix<float>& centroids, const Found& found,
                      std::span<const float> weights, double slack) {
  const Index d = rows.cols(), C = centroids.rows();
  Matrix<double> sums(C, d, 0.0);
  std::vector<double> weight(static_cast<std::size_t>(C), 0.0);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(C), 0);
  bool near = true;
  for (Index i = 0; i < rows.rows(); ++i) {
    const Label label = found.labels[static_cast<std::size_t>(i)];
    REQUIRE((label >= 0 && label < C));
    const double own = squared_gap(rows.row(i), centroids.row(label), d);
    for (Index c = 0; c < C; ++c) near = near && own <= squared_gap(rows.row(i), centroids.row(c), d) + slack;
    const double w = weights.empty() ? 1.0 : double{weights[static_cast<std::size_t>(i)]};
    for (Index j = 0; j < d; ++j) sums(label, j) += w * double{rows(i, j)};
    weight[static_cast<std::size_t>(label)] += w;
    ++counts[static_cast<std::size_t>(label)];
  }
  CHECK(near);
  double off = 0;
  for (Index i = 0; i < sums.size(); ++i)
    off = std::max(off, std::abs(sums.data()[i] - found.sums.sums.data()[i]));
  CHECK(off < 1e-9);
  for (std::size_t c = 0; c < weight.size(); ++c)
    REQUIRE(found.sums.weights[c] == doctest::Approx(weight[c]));
  CHECK(found.sums.counts == counts);
}

}  // namespace

TEST_CASE("assignment and sums by the GPU's kernels") {
  struct Case {
    Index n, d, C;
  };
  for (const auto [n, d, C] : {Case{1, 1, 1},
                               {5, 3, 2},
                               {257, 65, 7},
                               {100, 4, 100},
                               {70, 2, 513},
                               {40, 3, 2049},
                               {40, 3, 4100},
                               {3, 2, 30000}})
    for (const Turns turns : {Turns::ascending, Turns::descending}) {
      if (C > 10000 && turns == Turns::ascending) continue;  // blocks by the thousand take their time
      CAPTURE(n);
      CAPTURE(C);
      const Matrix<float> rows = test::random_rows(n, d, 1), centroids = test::random_rows(C, d, 2);
      const std::vector<Label> none(static_cast<std::size_t>(n), -1);
      const Found found = assign(rows, centroids, none, turns, std::size_t{1} << 30);
      CHECK(found.moved == n);
      check_assignment(rows, centroids, found, {}, 1e-4);
      CHECK(assign(rows, centroids, found.labels, turns, 0).moved == 0);
    }
}

TEST_CASE("clusters of all sizes: within a piece of the sorted rows, to its end, over several, over all") {
  for (const Index n : {63, 64, 65, 128, 129, 1000}) {
    CAPTURE(n);
    const Matrix<float> rows = test::random_rows(n, 65, 1);
    Matrix<float> centroids = test::random_rows(6, 65, 2);
    for (Index c = 0; c < 6; ++c)  // the first takes most rows: it is far shorter
      for (Index j = 0; j < 65; ++j) centroids(c, j) *= c == 0 ? 0.01f : 0.4f;
    std::vector<float> weights(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(1 + i % 3);
    const std::vector<Label> none(weights.size(), -1);
    const Found found = assign(rows, centroids, none, Turns::descending, 0, weights);
    check_assignment(rows, centroids, found, weights, 1e-3);
    CHECK(*std::max_element(found.sums.counts.begin(), found.sums.counts.end()) > n / 2);
    check_assignment(rows, test::random_rows(1, 65, 3),
                     assign(rows, test::random_rows(1, 65, 3), none, Turns::ascending, 0), {}, 1e-3);
  }
}

TEST_CASE("weights") {
  const Matrix<float> rows = test::random_rows(90, 6, 1), centroids = test::random_rows(12, 6, 2);
  std::vector<float> weights(90);
  for (std::size_t i = 0; i < 90; ++i) weights[i] = static_cast<float>(i % 4);
  check_assignment(rows, centroids,
                   assign(rows, centroids, std::vector<Label>(90, -1), Turns::ascending, 0, weights), weights,
                   1e-4);
}

TEST_CASE("assignment by products of less precision: a centroid as near as rounding can tell") {
  const Index d = 2;
  const Matrix<float> rows = test::random_rows(90, d, 1), centroids = test::random_rows(2100, d, 2),
                      zero(1, d, 0.f);
  double longest = 0;  // of both: ‖x‖ ‖c‖ is what the terms of a product add up to at most
  for (Index i = 0; i < 90; ++i) longest = std::max(longest, squared_gap(rows.row(i), zero.row(0), d));
  for (Index c = 0; c < 2100; ++c) longest = std::max(longest, squared_gap(centroids.row(c), zero.row(0), d));
  const std::vector<Label> none(90, -1);
  const Found exact = assign(rows, centroids, none, Turns::ascending, 0);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16}) {
    const Found found = assign(rows, centroids, none, Turns::ascending, 0, {}, precision);
    check_assignment(rows, centroids, found, {}, 4 * longest * host::product_slack(precision));
    if (precision == Precision::bfloat16) CHECK(found.labels != exact.labels);  // it is rounded indeed
  }
}

TEST_CASE("equal centroids: the lowest index, across tiles too") {
  const Matrix<float> rows = test::random_rows(20, 3, 1), centroids(4200, 3, 0.5f);
  for (const Label label : assign(rows, centroids, std::vector<Label>(20, -1), Turns::descending, 0).labels)
    CHECK(label == 0);
}

TEST_CASE("rows that stay and rows that are streamed give the same bits") {
  const Matrix<float> rows = test::random_rows(16384 + 100, 2, 1), centroids = test::random_rows(5, 2, 2);
  const std::vector<Label> none(static_cast<std::size_t>(rows.rows()), -1);
  const Found kept = assign(rows, centroids, none, Turns::ascending, std::size_t{1} << 30);
  const Found streamed = assign(rows, centroids, none, Turns::descending, 0);
  CHECK(kept.labels == streamed.labels);
  CHECK(std::equal(kept.sums.sums.data(), kept.sums.sums.data() + kept.sums.sums.size(),
                   streamed.sums.sums.data()));
  check_assignment(rows, centroids, kept, {}, 1e-4);
}

TEST_CASE("unit length, and rows that are no good") {
  Matrix<float> rows = test::random_rows(40, 3, 1);
  for (Index j = 0; j < 3; ++j) rows(7, j) = 0, rows(30, j) = std::numeric_limits<float>::quiet_NaN();
  for (const bool unit : {true, false}) {
    FakeRuntime runtime;
    GpuStream<FakeRuntime> stream(runtime);
    const Rows source(rows);
    GpuAssigner<FakeRuntime> assigner(stream, source, unit, 2, {}, 0);
    GpuAssigner<FakeRuntime>::Sums sums;
    std::vector<Label> labels(40, -1);
    assigner.assign(test::random_rows(2, 3, 2), labels, sums);
    CHECK(assigner.bad_row() == (unit ? 7 : 30));
  }
}

TEST_CASE("whatever call fails, the error arrives and nothing leaks") {
  const Matrix<float> rows = test::random_rows(50, 3, 5), centroids = test::random_rows(4, 3, 2);
  for (const std::size_t room : {std::size_t{0}, std::size_t{1} << 30})
    host::survives_failures(false, [&](const FakeRuntime& runtime) {
      GpuStream<FakeRuntime> stream(runtime);
      const Rows source(rows);
      GpuAssigner<FakeRuntime> assigner(stream, source, true, 4, {}, room, Precision::float16);
      GpuAssigner<FakeRuntime>::Sums sums;
      std::vector<Label> labels(50, -1);
      assigner.assign(centroids, labels, sums);
    });
}
