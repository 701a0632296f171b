#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/kmeans/mini_batch.hpp>
#include <shoal/laws/assigner.hpp>

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
  ClusterSums sums;
  Index moved;
};

/// Device memory that holds `rows` beside all else of an assignment, or all else only.
std::size_t memory_for(const Matrix<float>& rows, Index clusters, bool resident,
                       AssignmentPrecision precision = {}) {
  const Gpu<FakeRuntime> gpu(FakeRuntime(), {.precision = precision.products, .refine = precision.refine});
  const KMeans<> settings{.clusters = clusters};
  return plan(settings, {rows.rows(), rows.cols()}, gpu).total() +
         (resident ? static_cast<std::size_t>(rows.size()) * sizeof(float) : 0);
}

Found assign(const Matrix<float>& rows, const Matrix<float>& centroids, std::vector<Label> labels,
             Turns turns, bool resident, std::span<const float> weights = {},
             AssignmentPrecision precision = {}) {
  FakeRuntime runtime(turns);
  const Rows source(rows);
  const SumGrids grids = grids_of(CheckedRows(source, false, "test"), weights, Cpu({.threads = 1}));
  Found found{std::move(labels), ClusterSums(centroids.rows(), grids), 0};
  {
    const std::size_t memory = memory_for(rows, centroids.rows(), resident, precision);
    const Gpu<FakeRuntime> gpu(
        runtime,
        {.memory = memory, .precision = precision.products, .refine = precision.refine, .threads = 1});
    Buffer<double> squares(static_cast<std::size_t>(rows.rows()));
    const CheckedRows checked(source, false, "test");
    const auto assigner = AssignerOn<Gpu<FakeRuntime>>::assigner({.rows = checked,
                                                                  .clusters = centroids.rows(),
                                                                  .bounds = Bounds::off,
                                                                  .weights = weights,
                                                                  .squares = squares},
                                                                 gpu);
    found.moved = assigner->assign(centroids, found.labels, found.sums);
    CHECK(runtime.peak_bytes() <= memory);
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
  for (Index c = 0; c < C; ++c) {
    for (Index j = 0; j < d; ++j) off = std::max(off, std::abs(sums(c, j) - found.sums.sum(c, j)));
    REQUIRE(found.sums.weight(c) == doctest::Approx(weight[static_cast<std::size_t>(c)]));
    REQUIRE(found.sums.count(c) == counts[static_cast<std::size_t>(c)]);
  }
  CHECK(off < 1e-9);
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
      const Found found = assign(rows, centroids, none, turns, true);
      CHECK(found.moved == n);
      check_assignment(rows, centroids, found, {}, 1e-4);
      CHECK(assign(rows, centroids, found.labels, turns, false).moved == 0);
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
    const Found found = assign(rows, centroids, none, Turns::descending, false, weights);
    check_assignment(rows, centroids, found, weights, 1e-3);
    CHECK(found.sums.count(0) > n / 2);
    check_assignment(rows, test::random_rows(1, 65, 3),
                     assign(rows, test::random_rows(1, 65, 3), none, Turns::ascending, false), {}, 1e-3);
  }
}

TEST_CASE("weights") {
  const Matrix<float> rows = test::random_rows(90, 6, 1), centroids = test::random_rows(12, 6, 2);
  std::vector<float> weights(90);
  for (std::size_t i = 0; i < 90; ++i) weights[i] = static_cast<float>(i % 4);
  check_assignment(rows, centroids,
                   assign(rows, centroids, std::vector<Label>(90, -1), Turns::ascending, false, weights),
                   weights, 1e-4);
}

TEST_CASE("assignment by products of less precision: a centroid as near as rounding can tell") {
  const Index d = 2;
  const Matrix<float> rows = test::random_rows(90, d, 1), centroids = test::random_rows(2100, d, 2),
                      zero(1, d, 0.f);
  double longest = 0;  // of both: ‖x‖ ‖c‖ is what the terms of a product add up to at most
  for (Index i = 0; i < 90; ++i) longest = std::max(longest, squared_gap(rows.row(i), zero.row(0), d));
  for (Index c = 0; c < 2100; ++c) longest = std::max(longest, squared_gap(centroids.row(c), zero.row(0), d));
  const std::vector<Label> none(90, -1);
  const Found exact = assign(rows, centroids, none, Turns::ascending, false);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16}) {
    const Found found = assign(rows, centroids, none, Turns::ascending, false, {}, {precision});
    check_assignment(rows, centroids, found, {}, 4 * longest * host::product_slack(precision));
    if (precision == Precision::bfloat16) CHECK(found.labels != exact.labels);  // it is rounded indeed
  }
}

TEST_CASE("refined labels are those of exact distances, however near two centroids are, at any precision") {
  const Index n = 200, d = 24, C = 1100;  // two tiles
  Matrix<float> rows = test::random_rows(n, d, 1), centroids = test::random_rows(C, d, 2);
  for (Index c = 0; c < C / 2; ++c)  // each has one beside it: by 2^-3 to 2^-20 of its length
    for (Index j = 0; j < d; ++j)
      centroids(C - 1 - c, j) =
          centroids(c, j) + std::ldexp(centroids((c + 1) % C, j), -3 - static_cast<int>(c % 18));
  for (Index i = 0; i < n; ++i)  // near both of a pair
    for (Index j = 0; j < d; ++j)
      rows(i, j) = 0.1f * rows(i, j) + 0.5f * (centroids(i, j) + centroids(C - 1 - i, j));
  std::vector<Label> exact;
  for (Index i = 0; i < n; ++i) {
    Label best = 0;
    for (Label c = 1; c < C; ++c)
      if (squared_gap(rows.row(i), centroids.row(c), d) < squared_gap(rows.row(i), centroids.row(best), d))
        best = c;
    exact.push_back(best);
  }
  const std::vector<Label> none(static_cast<std::size_t>(n), -1);
  for (const Precision precision :
       {Precision::float32, Precision::tf32, Precision::float16, Precision::bfloat16}) {
    CAPTURE(name_of(precision));
    const Found refined = assign(rows, centroids, none, Turns::descending, true, {}, {precision, true});
    CHECK(refined.labels == exact);
    const Found rounded = assign(rows, centroids, none, Turns::descending, true, {}, {precision, false});
    if (precision != Precision::float32) CHECK(rounded.labels != exact);
    check_assignment(rows, centroids, refined, {}, 0);
  }
}

TEST_CASE("refined labels of values beyond what float16 holds, and of centroids that are equal") {
  Matrix<float> rows = test::random_rows(60, 5, 1), centroids = test::random_rows(8, 5, 2);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] *= i % 2 == 0 ? 1e5f : 1e-9f;
  for (Index c = 0; c < 8; ++c)
    for (Index j = 0; j < 5; ++j) centroids(c, j) = c % 2 == 0 ? 1e5f * centroids(c, j) : centroids(c - 1, j);
  const std::vector<Label> none(60, -1);
  const Found found = assign(rows, centroids, none, Turns::ascending, false, {}, {Precision::float16, true});
  check_assignment(rows, centroids, found, {}, 0);
  for (const Label label : found.labels) CHECK(label % 2 == 0);
}

TEST_CASE("equal centroids: the lowest index, across tiles too") {
  const Matrix<float> rows = test::random_rows(20, 3, 1), centroids(4200, 3, 0.5f);
  for (const Label label :
       assign(rows, centroids, std::vector<Label>(20, -1), Turns::descending, false).labels)
    CHECK(label == 0);
}

TEST_CASE("rows that stay and rows that are streamed give the same bits") {
  const Matrix<float> rows = test::random_rows(16384 + 100, 2, 1), centroids = test::random_rows(5, 2, 2);
  const std::vector<Label> none(static_cast<std::size_t>(rows.rows()), -1);
  const Found kept = assign(rows, centroids, none, Turns::ascending, true);
  const Found streamed = assign(rows, centroids, none, Turns::descending, false);
  CHECK(kept.labels == streamed.labels);
  for (Index c = 0; c < 5; ++c)
    for (Index j = 0; j < 2; ++j) CHECK(kept.sums.sum(c, j) == streamed.sums.sum(c, j));
  check_assignment(rows, centroids, kept, {}, 1e-4);
}

TEST_CASE("the sums of a GPU have the bits of a CPU's for the same labels") {
  const Matrix<float> rows = test::random_rows(300, 7, 1), centroids = test::random_rows(9, 7, 2);
  std::vector<float> weights(300);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 5) / 3;
  const Found found = assign(rows, centroids, std::vector<Label>(300, -1), Turns::ascending, true, weights);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  const Cpu cpu({.threads = 2});
  ClusterSums expected(9, grids_of(checked, weights, cpu));
  apply_moves(0, std::vector<Label>(300, -1), found.labels, checked, weights, expected, cpu);
  for (Index c = 0; c < 9; ++c) {
    for (Index j = 0; j < 7; ++j) CHECK(found.sums.sum(c, j) == expected.sum(c, j));
    CHECK(found.sums.weight(c) == expected.weight(c));
    CHECK(found.sums.count(c) == expected.count(c));
  }
}

TEST_CASE("strips of rows on two streams, the last of them short") {
  const Matrix<float> rows = test::random_rows(2 * 8192 + 5, 2, 1), centroids = test::random_rows(3, 2, 2);
  const std::vector<Label> none(static_cast<std::size_t>(rows.rows()), -1);
  for (const Precision precision : {Precision::float32, Precision::bfloat16}) {
    const Found found = assign(rows, centroids, none, Turns::descending, true, {}, {precision});
    check_assignment(rows, centroids, found, {}, 100 * host::product_slack(precision));
  }
}

TEST_CASE("rows that are no good are refused as on a CPU, on either kind of iteration") {
  Matrix<float> rows = test::random_rows(40, 3, 1);
  for (Index j = 0; j < 3; ++j) rows(7, j) = 0, rows(30, j) = std::numeric_limits<float>::quiet_NaN();
  const Gpu<FakeRuntime> gpu(FakeRuntime(), {.threads = 1});
  const Rows source(rows);
  const SumGrids grids(std::vector<double>(3, 10.0), {40, 1, 40, false}, 40);
  const Frame frame;
  for (const bool unit : {true, false}) {
    const CheckedRows checked(source, unit, "test");
    Buffer<double> squares(40);
    const auto assigner = AssignerOn<Gpu<FakeRuntime>>::assigner(
        {.rows = checked, .clusters = 2, .bounds = Bounds::off, .squares = squares}, gpu);
    std::vector<Label> labels(40, -1);
    const Matrix<float> centroids = test::random_rows(2, 3, 2);
    const char* what = unit ? "row 7 " : "row 30 ";
    ClusterSums sums(2, grids);
    test::refused(Errc::bad_data, what, [&] { assigner->assign(centroids, labels, sums); });
    const auto resident = assigner->resident(frame, grids);
    resident->put(centroids, std::vector<Label>(40, -1));
    test::refused(Errc::bad_data, what, [&] { resident->assign(); });
  }
}

TEST_CASE("a GPU obeys the laws of assigners and of searches for centroids") {
  laws::obeys_assigner([](int threads) { return Gpu<FakeRuntime>(FakeRuntime(), {.threads = threads}); });
}

TEST_CASE("a search finds the few nearest of many rows in two tiles, block after block") {
  const Matrix<float> rows = test::random_rows(2 * 16384 + 100, 2, 1),
                      centroids = test::random_rows(1030, 2, 2);
  const Gpu<FakeRuntime> gpu(FakeRuntime(), {.threads = 1});
  for (const Index count : {1, 3}) {
    const Index n = count == 1 ? rows.rows() : 150;
    const Rows part(rows.view().block(0, n));
    const MatrixView<const float> to = centroids.view().block(0, count == 1 ? 3 : 1030);
    const KMeansPrediction expected = predict<Euclidean>(to, part, Cpu({.threads = 1}), count),
                           found = predict<Euclidean>(to, part, gpu, count);
    CHECK(std::equal(found.labels.data(), found.labels.data() + found.labels.size(), expected.labels.data()));
  }
}

TEST_CASE("first centroids are those of a CPU, by every way of choosing them") {
  const Matrix<float> rows = test::random_rows(700, 5, 1);
  const Rows source(rows);
  std::vector<float> weights(700);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 4);
  for (const Seeding seeding : {Seeding::plus_plus, Seeding::afk_mc2})
    for (const bool weighted : {false, true}) {
      KMeans<> settings{.clusters = 40, .iterations = 1, .seed = 3};
      settings.seeding = seeding;
      if (weighted) settings.weights = weights;
      const Gpu<FakeRuntime> gpu(FakeRuntime(), {.threads = 1});
      const KMeansResult expected = fit(settings, source, Cpu({.threads = 1})),
                         found = fit(settings, source, gpu);
      CHECK(found.labels == expected.labels);
      CHECK(found.history[0].objective == doctest::Approx(expected.history[0].objective).epsilon(1e-6));
    }
}

TEST_CASE("bounded sizes and mini-batches: the clusters of a CPU") {
  const Matrix<float> rows = test::random_rows(120, 4, 1);
  const Rows source(rows);
  const Cpu cpu({.threads = 1});
  const Gpu<FakeRuntime> gpu(FakeRuntime(), {.threads = 1});
  KMeans<Euclidean, Capacity> settings{.clusters = 6, .iterations = 4};
  settings.balancing = {.lo = 15, .hi = 25};
  CHECK(fit(settings, source, gpu).labels == fit(settings, source, cpu).labels);
  MiniBatchKMeans<> on_cpu(rows.view().block(0, 6)), on_gpu(rows.view().block(0, 6));
  for (Index first = 0; first < 120; first += 40) {
    const Rows batch(rows.view().block(first, 40));
    CHECK(on_gpu.partial_fit(batch, gpu) == on_cpu.partial_fit(batch, cpu));
  }
  CHECK(std::equal(on_gpu.centroids().data(), on_gpu.centroids().data() + 24, on_cpu.centroids().data()));
}

TEST_CASE("a fit takes no more of the device's memory than it may, from seeding to its objective") {
  const Matrix<float> rows = test::random_rows(7000, 6, 1);
  for (const Seeding seeding : {Seeding::plus_plus, Seeding::afk_mc2})
    for (const bool resident : {false, true}) {
      const std::size_t memory = memory_for(rows, 40, resident);
      const FakeRuntime runtime;
      KMeans<Euclidean> settings{.clusters = 40, .iterations = 2};
      settings.seeding = seeding;
      const Gpu<FakeRuntime> gpu(runtime, {.memory = memory, .threads = 1});
      const KMeansResult found = fit(settings, Rows(rows), gpu);
      CHECK(found.history.size() == 2);
      CHECK(runtime.peak_bytes() <= memory);
      if (resident) CHECK(runtime.peak_bytes() > memory / 2);
    }
}

TEST_CASE("the rows of a fit are copied to the device once, for seeding and for iterations") {
  const Matrix<float> rows = test::random_rows(500, 3, 1);
  const Rows source(rows);
  const FakeRuntime runtime;
  {
    const Gpu<FakeRuntime> gpu(runtime, {.threads = 1});
    const CheckedRows own(source, true, "test");
    const auto first = rows_on_device(gpu, own, std::size_t{1} << 20);
    CHECK(rows_on_device(gpu, own, 0) == first);
    CHECK(rows_on_device(gpu, CheckedRows(own), 0) == first);
    CHECK(rows_on_device(gpu, CheckedRows(source, true, "test"), 0) != first);
  }
  CHECK(runtime.live() == 0);
}

TEST_CASE("whatever call fails, the error arrives and nothing leaks") {
  const Matrix<float> few = test::random_rows(50, 3, 5), many = test::random_rows(2 * 8192, 2, 5);
  const Cpu cpu({.threads = 1});
  const auto run = [&](const Matrix<float>& rows, bool resident, const FakeRuntime& runtime) {
    const std::size_t memory = memory_for(rows, 4, resident, {Precision::float16});
    const Gpu<FakeRuntime> gpu(runtime, {.memory = memory, .precision = Precision::float16, .threads = 1});
    const Rows source(rows);
    const CheckedRows checked(source, true, "test");
    const SumGrids grids = grids_of(checked, {}, cpu);
    Buffer<double> squares(static_cast<std::size_t>(rows.rows()));
    const auto assigner = AssignerOn<Gpu<FakeRuntime>>::assigner(
        {.rows = checked, .clusters = 4, .bounds = Bounds::off, .squares = squares}, gpu);
    const Frame frame{.unit = true};
    const auto iterations = assigner->resident(frame, grids);
    iterations->put(rows.view().block(0, 4), std::vector<Label>(squares.size(), -1));
    iterations->assign();
    iterations->move_centroids();
    iterations->squared_distances(squares);
  };
  for (const bool resident : {false, true})
    host::survives_failures(false, [&](const FakeRuntime& runtime) { run(few, resident, runtime); });
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    const Gpu<FakeRuntime> gpu(runtime, {.threads = 1});
    (void)predict(few.view().block(0, 4), Rows(few), gpu, 2);
    KMeans<> settings{.clusters = 4, .iterations = 1};
    (void)fit(settings, Rows(few), gpu);
  });
  for (Index call = 30; call < 90; call += 7) {  // while the work of two streams is under way
    FakeRuntime runtime;
    runtime.fail_at(call);
    try {
      run(many, true, runtime);
    } catch (const error& e) {
      CHECK(e.code() == Errc::device);
    }
    CHECK(runtime.live() == 0);
  }
}
