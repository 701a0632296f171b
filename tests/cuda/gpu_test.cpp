#include <support/gpu.hpp>
#include <support/refused.hpp>
#include <support/scratch.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/cuda/engine.cuh>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/neighbors/cuda/search.cuh>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;
using host::FakeRuntime;

namespace {

Gpu<FakeRuntime> fake_gpu(std::size_t memory = 0) {
  return {FakeRuntime(), {.memory = memory, .threads = 1}};
}

/// Three clouds, 60 rows.
Matrix<float> clouds() {
  Matrix<float> rows = test::random_rows(60, 5, 3);
  for (Index i = 0; i < 60; ++i) rows(i, i % 3) += 6.f;
  return rows;
}

}  // namespace

static_assert(Backend<Gpu<FakeRuntime>>);

TEST_CASE("each_row_on_device calls once for each row, a stream's product is a bᵀ") {
  const auto gpu = fake_gpu();
  GpuStream<FakeRuntime>& stream = gpu.stream();
  DeviceArray<FakeRuntime, int> calls(stream, 1000);
  stream.zero(calls.data(), 1000);
  gpu.each_row_on_device(1000, [p = calls.data()](Index i) { ++p[i]; });
  std::vector<int> counted(1000);
  to_host(stream, counted.data(), static_cast<const int*>(calls.data()), 1000);
  CHECK(counted == std::vector<int>(1000, 1));

  const Matrix<float> a = test::random_rows(5, 3, 1), b = test::random_rows(7, 3, 2);
  DeviceArray<FakeRuntime, float> on_device(stream, 15 + 21 + 35);
  float *x = on_device.data(), *y = x + 15, *z = y + 21;
  to_device(stream, x, a.data(), 15);
  to_device(stream, y, b.data(), 21);
  stream.product(Factor(MatrixView<const float>(x, 5, 3)), {MatrixView<const float>(y, 7, 3), true},
                 MatrixView<float>(z, 5, 7));
  Matrix<float> c(5, 7);
  to_host(stream, c.data(), static_cast<const float*>(z), 35);
  for (Index i = 0; i < 5; ++i)
    for (Index j = 0; j < 7; ++j) {
      float sum = 0;
      for (Index k = 0; k < 3; ++k) sum += a(i, k) * b(j, k);
      CHECK(c(i, j) == doctest::Approx(sum));
    }
}

TEST_CASE("fit and predict: the same lines but one, the same clusters") {
  const Matrix<float> values = clouds();
  const Rows features(values);
  const Cpu cpu({.threads = 1});
  const auto gpu = fake_gpu();
  const Neighbors neighbors = exact_neighbors(features, {.count = 5}, gpu);
  CHECK(std::equal(neighbors.ids.data(), neighbors.ids.data() + neighbors.ids.size(),
                   exact_neighbors(features, {.count = 5}, cpu).ids.data()));
  for (const auto& [standardize, plain] : {std::pair{false, false}, {true, false}, {true, true}}) {
    TEMI settings{.clusters = 3, .heads = 2, .epochs = 3, .batch = 20};
    settings.hidden = {8}, settings.bottleneck = 6, settings.warmup_epochs = 1,
    settings.standardize = standardize, settings.plain = plain;
    const HeadFit expected = fit(settings, features, NearestPairs(neighbors), cpu);
    const HeadFit found = fit(settings, features, NearestPairs(neighbors), gpu);
    CHECK(found.labels == expected.labels);
    CHECK(found.model.best == expected.model.best);
    REQUIRE(found.history.size() == expected.history.size());
    for (std::size_t e = 0; e < found.history.size(); ++e)
      CHECK(found.history[e].loss == doctest::Approx(expected.history[e].loss).epsilon(1e-4));

    const Prediction own = predict(expected.model, features, cpu, 2),
                     other = predict(expected.model, features, gpu, 2);
    CHECK(own.labels == other.labels);
    CHECK(std::equal(own.top.data(), own.top.data() + own.top.size(), other.top.data()));
    for (std::size_t i = 0; i < own.labels.size(); ++i)
      CHECK(other.confidence[i] == doctest::Approx(own.confidence[i]).epsilon(1e-4));
  }
}

TEST_CASE_TEMPLATE("k-means: the CPU's clusters, by every rule for empty ones", Geo, Cosine, Euclidean) {
  const Matrix<float> values = test::random_rows(150, 4, 5);
  const Rows rows(values);
  const Cpu cpu({.threads = 1});
  std::vector<float> weights(150);
  for (std::size_t i = 0; i < 150; ++i) weights[i] = static_cast<float>(1 + i % 3);
  Matrix<float> start = test::random_rows(20, 4, 6);
  for (Index j = 0; j < 4; ++j)
    start(13, j) = -start(12, j), start(14, j) = start(12, j);  // 14 will be empty
  for (const EmptyRule rule :
       {EmptyRule::farthest_row, EmptyRule::split_largest, EmptyRule::keep, EmptyRule::drop})
    for (const bool weighted : {false, true}) {
      KMeans<Geo> settings{.clusters = 20, .iterations = 6};
      settings.empty = rule, settings.start = start;
      if (weighted) settings.weights = weights;
      const KMeansResult expected = fit(settings, rows, cpu), found = fit(settings, rows, fake_gpu());
      CHECK(found.labels == expected.labels);
      CHECK(found.objective == doctest::Approx(expected.objective));
      REQUIRE(found.history.size() == expected.history.size());
      for (std::size_t t = 0; t < found.history.size(); ++t) {
        CHECK(found.history[t].objective == doctest::Approx(expected.history[t].objective).epsilon(1e-5));
        CHECK(found.history[t].moved == expected.history[t].moved);
        CHECK(found.history[t].empty == expected.history[t].empty);
      }
    }
}

TEST_CASE("k-means with refined labels: the same bits whatever the precision of products") {
  Matrix<float> values = test::random_rows(300, 12, 1);
  for (Index i = 0; i < values.rows(); i += 2)
    for (Index j = 0; j < values.cols(); ++j) values(i, j) = values(i + 1, j) + 1e-2f * values(i, j);
  KMeans<> settings{.clusters = 20, .iterations = 4};
  settings.start = values.view().block(0, 20);  // in pairs
  const auto run = [&](Precision precision, bool refine) {
    return fit(settings, Rows(values),
               Gpu<FakeRuntime>(FakeRuntime(), {.precision = precision, .refine = refine, .threads = 1}));
  };
  const KMeansResult expected = run(Precision::float32, true);
  CHECK(fit(settings, Rows(values), Cpu({.threads = 1})).labels == expected.labels);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16}) {
    const KMeansResult found = run(precision, true);
    CHECK(found.labels == expected.labels);
    CHECK(found.objective == expected.objective);
    CHECK(std::equal(found.centroids.data(), found.centroids.data() + found.centroids.size(),
                     expected.centroids.data()));
    if (precision == Precision::bfloat16) CHECK(run(precision, false).labels != expected.labels);
  }
}

TEST_CASE("k-means: an iteration on the device exchanges a few numbers with the host") {
  const Matrix<float> values = test::random_rows(400, 3, 1);
  const auto waits = [&](Index iterations) {
    const FakeRuntime runtime;
    KMeans<> settings{.clusters = 40, .iterations = iterations};
    settings.start = values.view().block(0, 40);
    const KMeansResult found = fit(settings, Rows(values), Gpu<FakeRuntime>(runtime, {.threads = 1}));
    REQUIRE(std::ssize(found.history) == iterations);
    return runtime.waits();
  };
  CHECK(waits(4) - waits(3) == 2);  // for the report, and for whether centroids moved
}

TEST_CASE("k-means refuses rows as the CPU does") {
  Matrix<float> values = test::random_rows(30, 2, 5);
  values(4, 0) = values(4, 1) = 0;
  const Matrix<float> start = test::random_rows(3, 2, 6);
  KMeans<> settings{.clusters = 3};
  settings.start = start;
  test::refused(Errc::bad_data, "row 4 is zero", [&] { (void)fit(settings, Rows(values), fake_gpu()); });
}

TEST_CASE("a training that does not fit the memory is refused before it starts") {
  const Matrix<float> values = clouds();
  const Rows features(values);
  const auto gpu = fake_gpu(1000);
  const Neighbors neighbors = exact_neighbors(features, {.count = 5}, Cpu({.threads = 1}));
  test::refused(Errc::too_large, "the memory budget of 1000", [&] {
    (void)fit(TEMI{.clusters = 3, .heads = 2, .batch = 20}, features, NearestPairs(neighbors), gpu);
  });
}

TEST_CASE_TEMPLATE("predict: any number of clusters, and more rows than a block", Method, TEMI, SCP) {
  struct Case {
    Index n, clusters, top;
  };
  const Cpu cpu({.threads = 1});
  for (const auto [n, clusters, top] :
       {Case{3, 1, 5}, {3, 33, 40}, {5, 1030, 5}, {1, 30000, 5}, {2048 + 3, 3, 2}}) {
    CAPTURE(clusters);
    Method settings{.clusters = clusters, .heads = 2};
    settings.hidden = {5}, settings.bottleneck = 4;
    HeadModel model;
    model.shape = settings.shape(6), model.best = 1, model.temperature = 0.1;
    model.parameters = initial_parameters(model.shape, 1);
    const Matrix<float> values = test::random_rows(n, 6, 2);
    const Prediction expected = predict(model, Rows(values), cpu, top),
                     found = predict(model, Rows(values), fake_gpu(), top);
    Index same = 0;
    for (Index i = 0; i < n; ++i) {
      const auto id = static_cast<std::size_t>(i);
      same += found.labels[id] == expected.labels[id] ? 1 : 0;
      REQUIRE(found.confidence[id] == doctest::Approx(expected.confidence[id]).epsilon(1e-3));
      REQUIRE(found.top(i, 0) == found.labels[id]);
    }
    CHECK(same >= n - 1);  // a near-tie
  }
}

TEST_CASE("predict: no confidence is above 1, however far logits are beyond what their rounding keeps") {
  TEMI settings{.clusters = 3, .heads = 1};
  settings.hidden = {5}, settings.bottleneck = 4;
  HeadModel model;
  model.shape = settings.shape(6), model.temperature = 1e-3;
  model.parameters = initial_parameters(model.shape, 1);
  const Matrix<float> values = test::random_rows(500, 6, 2);
  const Prediction found = predict(model, Rows(values), fake_gpu());
  for (const float c : found.confidence) CHECK((c > 0 && c <= 1));
}

TEST_CASE("the precision of products is one setting for all that a GPU does") {
  const Matrix<float> values = clouds();
  const Rows features(values);
  const Cpu cpu({.threads = 1});
  const Neighbors neighbors = exact_neighbors(features, {.count = 5}, cpu);
  TEMI settings{.clusters = 3, .heads = 2, .epochs = 3, .batch = 20};
  settings.hidden = {8}, settings.bottleneck = 6, settings.warmup_epochs = 1;
  const HeadFit expected = fit(settings, features, NearestPairs(neighbors), cpu);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16}) {
    const Gpu<FakeRuntime> gpu(FakeRuntime(), {.precision = precision, .threads = 1});
    const HeadFit found = fit(settings, features, NearestPairs(neighbors), gpu);
    CHECK(found.history.back().loss == doctest::Approx(expected.history.back().loss).epsilon(0.02));
    CHECK(found.history.back().loss != expected.history.back().loss);
    CHECK((found.plan["packed parameters"] > 0) == is_narrow(precision));
    KMeans<> kmeans{.clusters = 3};
    kmeans.start = values.view().block(0, 3);  // a row of each cloud
    CHECK(fit(kmeans, features, gpu).labels ==
          fit(kmeans, features, cpu).labels);  // the clouds lie far apart
    const Neighbors rough = exact_neighbors(features, {.count = 5, .keep_similarities = true}, gpu);
    CHECK(rough.similarities(7, 0) ==
          doctest::Approx(
              exact_neighbors(features, {.count = 5, .keep_similarities = true}, cpu).similarities(7, 0))
              .epsilon(0.01));
  }
}

TEST_CASE_TEMPLATE("stopped anywhere and resumed, a training ends with the same bits", Method, TEMI, SCANv2,
                   SCP) {
  const Matrix<float> values = clouds();
  const Rows features(values);
  const Neighbors neighbors = exact_neighbors(features, {.count = 5}, Cpu({.threads = 1}));
  Method settings{.clusters = 3, .heads = 2, .epochs = 3, .batch = 20, .learning_rate = 1e-2};
  settings.hidden = {8}, settings.bottleneck = 6, settings.warmup_epochs = 1;
  const Scratch scratch("gpu-checkpoint");
  const auto run = [&](Index stop_after, const Checkpoints& checkpoints) {
    return fit(
        settings, features, NearestPairs(neighbors), fake_gpu(),
        [&](const Progress& p) { return p.done < stop_after; }, checkpoints);
  };
  const HeadFit whole = run(100, {});
  for (const Index stop : {1, 3, 5, 9}) {
    const Checkpoints here{.path = scratch / std::to_string(stop), .resume = true};
    CHECK(run(stop, here).steps == stop);
    for (int again = 0; again < 2; ++again) {  // the second time nothing is left to do
      const HeadFit resumed = run(100, here);
      CHECK(resumed.steps == 9);
      CHECK(resumed.model.parameters == whole.model.parameters);
      CHECK(resumed.labels == whole.labels);
      CHECK(resumed.history.back().loss == whole.history.back().loss);
    }
  }
}

TEST_CASE("a training's own products go before a GPU's, and a checkpoint names those that were made") {
  const Matrix<float> values = clouds();
  const Rows features(values);
  const Neighbors neighbors = exact_neighbors(features, {.count = 5}, Cpu({.threads = 1}));
  TEMI settings{.clusters = 3, .heads = 2, .epochs = 1, .batch = 20};
  settings.hidden = {8}, settings.bottleneck = 6;
  const Scratch scratch("gpu-products");
  const auto run = [&](Precision own, Precision of_gpu, bool resume) {
    settings.precision = own;
    const Gpu<FakeRuntime> gpu(FakeRuntime(), {.precision = of_gpu, .threads = 1});
    return fit(settings, features, NearestPairs(neighbors), gpu, {},
               {.path = scratch / "training", .resume = resume});
  };
  const HeadFit by_gpu = run(Precision::float32, Precision::bfloat16, false);
  CHECK(run(Precision::float32, Precision::bfloat16, true).model.parameters == by_gpu.model.parameters);
  for (const Precision of_gpu : {Precision::float32, Precision::float16}) {
    const HeadFit by_training = run(Precision::bfloat16, of_gpu, false);
    CHECK(by_training.model.parameters == by_gpu.model.parameters);
    CHECK(by_training.plan.total() == by_gpu.plan.total());
  }
  for (const Precision other : {Precision::float32, Precision::tf32, Precision::float16})
    test::refused(Errc::invalid_argument,
                  std::string("it has: precision bfloat16; this one has: precision ") + name_of(other),
                  [&] { (void)run(Precision::float32, other, true); });
}

TEST_CASE("whatever allocation fails, every algorithm's error arrives and nothing leaks") {
  const Matrix<float> values = clouds();
  const Rows features(values);
  const Cpu cpu({.threads = 1});
  const Neighbors neighbors = exact_neighbors(features, {.count = 5}, cpu);
  TEMI settings{.clusters = 3, .heads = 1, .epochs = 1, .batch = 30};
  settings.hidden = {4}, settings.bottleneck = 3;
  const HeadModel model = fit(settings, features, NearestPairs(neighbors), cpu).model;
  const auto gpu_of = [](const FakeRuntime& runtime) {
    return Gpu<FakeRuntime>(runtime, {.precision = Precision::float16, .threads = 1});
  };
  host::survives_failures(true, [&](const FakeRuntime& runtime) {
    KMeans<> kmeans{.clusters = 4, .iterations = 3};
    kmeans.start = values.view().block(0, 4);
    (void)fit(kmeans, features, gpu_of(runtime));
  });
  host::survives_failures(true, [&](const FakeRuntime& runtime) {
    (void)exact_neighbors(features, {.count = 5}, gpu_of(runtime));
  });
  host::survives_failures(true, [&](const FakeRuntime& runtime) {
    (void)fit(settings, features, NearestPairs(neighbors), gpu_of(runtime));
  });
  host::survives_failures(
      true, [&](const FakeRuntime& runtime) { (void)predict(model, features, gpu_of(runtime)); });
}
