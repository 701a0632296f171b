// The laws of the GPU on a GPU: k-means, neighbours, steps of heads and predictions against the CPU backend,
// and the same bits from run to run. Exits 77 where there is no GPU, 1 on any mismatch. --small: enough for
// sanitizers, under which kernels take many times as long.
#include <cmath>
#include <cstdio>
#include <cuda/device_checks.hpp>
#include <cuda/device_tools.cuh>
#include <laws/runtime.hpp>
#include <string>
#include <string_view>
#include <support/random_rows.hpp>
#include <support/step_law.hpp>
#include <vector>

#include <shoal/cuda.cuh>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;
using device::failures, device::near, device::require, device::share_equal;

namespace {

template <Geometry Geo> void kmeans(const Cuda& gpu, const Cpu& cpu, Index clusters) {
  const Matrix<float> values = test::random_rows(5000, 33, 1);
  const Rows rows(values);
  KMeans<Geo> settings{.clusters = clusters, .iterations = 5};
  settings.seeding = Seeding::random;
  const KMeansResult expected = fit(settings, rows, cpu), found = fit(settings, rows, gpu);
  require(near(found.objective, expected.objective, 1e-4), "k-means: objective as on the CPU", clusters);
  require(share_equal(found.labels, expected.labels) > 0.98, "k-means: labels as on the CPU", clusters);
  const KMeansResult again = fit(settings, rows, gpu);
  require(again.labels == found.labels && again.objective == found.objective, "k-means: same bits again",
          clusters);
}

/// Refined labels are those of distances in double and sums of clusters are exact, so that not a bit of a fit
/// depends on the precision of products. Centroids in pairs have rows between them.
void refined_kmeans(Index clusters) {
  Matrix<float> values = test::random_rows(9000, 96, 1);  // strips on both streams
  for (Index i = 0; i < values.rows(); i += 2)
    for (Index j = 0; j < values.cols(); ++j) values(i, j) = values(i + 1, j) + 1e-3f * values(i, j);
  const Rows rows(values);
  KMeans<> settings{.clusters = clusters, .iterations = 5};
  settings.start = values.view().block(0, clusters);
  const auto run = [&](Precision precision) {
    return fit(settings, rows, Cuda({.precision = precision, .refine = true}));
  };
  const KMeansResult expected = run(Precision::float32);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16}) {
    const KMeansResult found = run(precision);
    const std::string what = std::string("k-means, refined: float32's bits in ") + name_of(precision);
    require(found.labels == expected.labels && found.objective == expected.objective, what, clusters);
  }
  // Labels are those of the returned centroids. (A fit of the CPU's would go other ways from here: a row that
  // is as near to both of a pair as float32 can tell may go to either, and so do later rows.)
  const KMeansPrediction nearest = predict(expected.centroids, rows, Cpu());
  const std::vector<Label> labels(nearest.labels.data(), nearest.labels.data() + nearest.labels.size());
  require(share_equal(labels, expected.labels) > 0.999, "k-means, refined: labels as on the CPU", clusters);
}

/// Draws and distances that the host and the device share.
void seeding(const Cuda& gpu, const Cpu& cpu, Seeding how, const char* name) {
  const Matrix<float> values = test::random_rows(20000, 33, 4);
  const Rows rows(values);
  KMeans<> settings{.clusters = 300, .iterations = 1, .seed = 5};
  settings.seeding = how;
  const KMeansResult expected = fit(settings, rows, cpu), found = fit(settings, rows, gpu);
  require(near(found.history[0].objective, expected.history[0].objective, 1e-4),
          std::string("k-means: first centroids as on the CPU, ") + name, settings.clusters);
  for (const Index top : {1, 5}) {
    const KMeansPrediction own = predict(expected.centroids, rows, cpu, top),
                           other = predict(expected.centroids, rows, gpu, top);
    Index same = 0;
    for (Index i = 0; i < own.labels.size(); ++i) same += own.labels.data()[i] == other.labels.data()[i];
    require(same >= own.labels.size() * 99 / 100, "k-means, predict: labels as on the CPU", top);
  }
}

/// Clusters of bounded sizes.
void capacity(const Cuda& gpu, const Cpu& cpu) {
  const Matrix<float> values = test::random_rows(3000, 17, 4);
  KMeans<Euclidean, Capacity> settings{.clusters = 20, .iterations = 5};
  settings.balancing = {.lo = 100, .hi = 200};
  const KMeansResult expected = fit(settings, Rows(values), cpu), found = fit(settings, Rows(values), gpu);
  require(near(found.objective, expected.objective, 1e-3), "k-means, bounded sizes: as on the CPU", 20);
}

void neighbors(const Cuda& gpu, const Cpu& cpu, Index count) {
  const Matrix<float> values = test::random_rows(4500, 33, 2);
  const Rows rows(values);
  const NeighborSettings settings{.count = count, .keep_similarities = true};
  const Neighbors expected = exact_neighbors(rows, settings, cpu),
                  found = exact_neighbors(rows, settings, gpu);
  bool close = true;
  for (Index i = 0; i < expected.similarities.size(); ++i)
    close = close && std::abs(expected.similarities.data()[i] - found.similarities.data()[i]) < 1e-5f;
  require(close, "neighbours: similarities as on the CPU", count);
}

/// Steps at a precision against the CPU's: losses to `share`, and the same bits again.
template <class Method>
void step(const Cuda& gpu, const Cpu& cpu, const std::string& name, Index clusters, double share,
          Precision precision = Precision::float32) {
  const test::StepComparison found = test::compare_steps<Method>(clusters, precision, gpu.stream(), cpu);
  if (!(found.off <= share)) std::printf("off by %g of a loss, where %g may be:\n", found.off, share);
  require(found.off <= share, name + ": losses as on the CPU", clusters);
  require(found.same_bits, name + ": same bits again", clusters);
}

/// A product at a precision against double precision.
void product(const Cuda& gpu, const char* name, Precision precision, double roundoff, Index size) {
  GpuStream<CudaRuntime>& stream = gpu.stream();
  const Index rows = 37, cols = 9;
  const Matrix<float> a = test::random_rows(rows, size, 1), b = test::random_rows(cols, size, 2);
  DeviceArray<CudaRuntime, float> x(stream, a.size()), y(stream, b.size()), z(stream, rows * cols);
  to_device(stream, x.data(), a.data(), a.size());
  to_device(stream, y.data(), b.data(), b.size());
  GpuProducts<CudaRuntime> products(stream, precision, a.size());
  products(x.view(rows, size), {y.view(cols, size), true}, z.view(rows, cols), 4.f);
  Matrix<float> c(rows, cols);
  to_host(stream, c.data(), std::as_const(z).data(), c.size());
  bool close = true;
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < cols; ++j) {
      double sum = 0, all = 0;
      for (Index k = 0; k < size; ++k) {
        const double term = static_cast<double>(a(i, k)) * static_cast<double>(b(j, k));
        sum += term, all += std::abs(term);
      }
      close = close && std::abs(sum - static_cast<double>(c(i, j))) <= (2.01 * roundoff + 1e-5) * all;
    }
  require(close, std::string("product, ") + name, size);
}

/// What an algorithm gives back can be planned for again.
void memory(const Cuda& gpu) {
  const std::size_t before = gpu.memory();
  { const DeviceArray<CudaRuntime, char> large(gpu.stream(), Index{1} << 30); }
  require(gpu.memory() >= before / 100 * 99, "memory given back is free again", 1 << 30);
}

void training(const Cuda& gpu, const Cpu& cpu) {
  Matrix<float> values = test::random_rows(600, 12, 3);
  for (Index i = 0; i < values.rows(); ++i) values(i, i % 4) += 6.f;
  const Rows features(values);
  const Neighbors nearest = exact_neighbors(features, {.count = 10}, gpu);
  const NearestPairs pairs(nearest);
  const TEMI settings{.clusters = 4, .heads = 2, .epochs = 5, .batch = 100, .hidden = {32}, .bottleneck = 16};
  const HeadFit expected = fit(settings, features, pairs, cpu), found = fit(settings, features, pairs, gpu);
  require(near(found.history.back().loss, expected.history.back().loss, 2e-2), "fit: loss as on the CPU", 4);
  const Gpus<CudaRuntime> two({Cuda(), Cuda()});  // the same one twice
  const HeadFit shared = fit(settings, features, pairs, two);
  require(near(shared.history.back().loss, found.history.back().loss, 2e-2), "fit: heads shared by devices",
          4);
  const Prediction own = predict(expected.model, features, cpu),
                   other = predict(expected.model, features, gpu);
  require(share_equal(own.labels, other.labels) > 0.99, "predict: labels as on the CPU", 4);
}

int run(bool small) {
  const Cuda gpu;
  const Cpu cpu;
  laws::obeys_runtime(gpu.stream().runtime(), [](bool ok, const char* what) { require(ok, what, 0); });
  const auto sizes = [&](std::vector<Index> all) { return small ? std::vector<Index>{all[1], all[2]} : all; };
  for (const Index clusters : sizes({1, 7, 513, 2100})) {
    kmeans<Cosine>(gpu, cpu, clusters);
    kmeans<Euclidean>(gpu, cpu, clusters);
  }
  for (const Index clusters : sizes({2, 64, 1300})) refined_kmeans(clusters);
  seeding(gpu, cpu, Seeding::plus_plus, "k-means++");
  seeding(gpu, cpu, Seeding::afk_mc2, "AFK-MC2");
  capacity(gpu, cpu);
  for (const Index count : sizes({1, 33, 100})) neighbors(gpu, cpu, count);
  device::lists(gpu, cpu);
  for (const Index classes : sizes({2, 33, 700, 30000})) device::candidates(gpu, cpu, classes);
  for (const Index classes : sizes({2, 33, 700})) device::probe(gpu, cpu, classes);
  for (const Index clusters : sizes({2, 33, 700})) device::turtle(gpu, cpu, clusters);
  for (const Index clusters : sizes({2, 33, 1500})) device::distances(gpu, cpu, clusters);
  device::alignments(gpu, cpu);
  device::narrow_rows();
  for (const Index clusters : sizes({1, 33, 700, 30000})) {
    step<PMI>(gpu, cpu, "PMI", clusters, 2e-3);
    step<WPMI>(gpu, cpu, "WPMI", clusters, 2e-3);
    step<TEMI>(gpu, cpu, "TEMI", clusters, 2e-3);
    step<SCANv2>(gpu, cpu, "SCANv2", clusters, 2e-3);
    step<SCP>(gpu, cpu, "SCP", clusters, 2e-3);
  }
  for (const Index size : {1, 7, 65}) {
    product(gpu, "float32", Precision::float32, 0x1p-24, size);
    product(gpu, "TF32", Precision::tf32, 0x1p-10, size);  // cut off or rounded: cuBLAS's to choose
    product(gpu, "float16", Precision::float16, 0x1p-11, size);
    product(gpu, "bfloat16", Precision::bfloat16, 0x1p-8, size);
  }
  step<TEMI>(gpu, cpu, "TEMI, TF32", 700, 5e-2, Precision::tf32);
  step<TEMI>(gpu, cpu, "TEMI, float16", 700, 5e-2, Precision::float16);
  step<SCANv2>(gpu, cpu, "SCANv2, bfloat16", 700, 0.2, Precision::bfloat16);
  memory(gpu);
  training(gpu, cpu);
  std::printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::puts("skipped: no GPU here");
    return 77;
  }
  try {
    return run(argc > 1 && std::string_view(argv[1]) == "--small");
  } catch (const std::exception& e) {
    std::printf("FAILED: %s\n", e.what());
    return 1;
  }
}
