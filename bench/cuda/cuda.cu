// How fast are k-means' iterations, neighbours, steps of TEMI and SCANv2, zero-shot classification, steps of
// probes and silhouettes on this GPU, against cuBLAS's time for their products alone, at each precision?
// Prints a line of JSON for each measurement, of which bench/cuda/report.py makes a table. Needs a GPU; run
// by tests/cuda_device.sh.
//
// usage: cuda [PART...]   what is measured; without a word, all: kmeans scale neighbours lists zeroshot probe
//                         silhouette temi scan
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/half.hpp>
#include <shoal/cuda.cuh>
#include <shoal/hierarchy/zero_shot.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/neighbors/inverted_lists.hpp>
#include <shoal/probe/linear.hpp>

using namespace shoal;

namespace {

/// Standard normal rows, by all of the host's threads: one thread takes half a minute. All that is measured
/// takes its values from one such matrix.
Matrix<float> normal_rows(const Cpu& host, Index n, Index d) {
  Matrix<float> m(n, d);
  const Philox random(1, 7);
  Workers(host).each_row(n, [&](Index i) {
    for (Index j = 0; j < d; ++j)
      m(i, j) = static_cast<float>(random.normal(static_cast<std::uint64_t>(i * d + j)));
  });
  return m;
}

/// Seconds of the fastest of three calls, after one to warm up.
double seconds(GpuStream<CudaRuntime>& stream, const std::function<void()>& work) {
  double best = 1e30;
  for (int i = 0; i < 4; ++i) {
    stream.synchronize();
    const auto begin = std::chrono::steady_clock::now();
    work();
    stream.synchronize();
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (i > 0) best = std::min(best, took);
  }
  return best;
}

/// Seconds that cuBLAS takes for c [M × N] ← a bᵀ over K, `times` in a row, of factors that are rounded
/// already. Their values are `values`: a GPU multiplies zeros faster.
double product_seconds(const Cuda& gpu, const Matrix<float>& values, Index M, Index N, Index K, Index times) {
  GpuStream<CudaRuntime>& stream = gpu.stream();
  const Precision precision = gpu.settings().precision;
  DeviceArray<CudaRuntime, float> a(stream, M * K), b(stream, N * K), c(stream, M * N);
  to_device(stream, a.data(), values.data(), M * K);
  to_device(stream, b.data(), values.data() + values.size() - N * K, N * K);
  RoundedFactor<CudaRuntime> left(stream, precision, M * K), right(stream, precision, N * K);
  const Factor x = left(a.view(M, K)), y = right(b.view(N, K)).transpose();
  return seconds(stream, [&] {
    for (Index i = 0; i < times; ++i) stream.product(x, y, c.view(M, N));
  });
}

/// One number of a measurement, by name.
struct Size {
  const char* name;
  Index value;
};

/// Prints a measurement in JSON: what it is, its sizes, the milliseconds that it took, and those of cuBLAS's
/// products.
void print(const Cuda& gpu, const std::string& what, std::initializer_list<Size> sizes, double took,
           double products) {
  std::printf("{\"what\": \"%s\", \"precision\": \"%s\"", what.c_str(), name_of(gpu.settings().precision));
  for (const Size& size : sizes) std::printf(", \"%s\": %lld", size.name, static_cast<long long>(size.value));
  std::printf(", \"ms\": %.3f, \"products_ms\": %.3f}\n", took * 1e3, products * 1e3);
  std::fflush(stdout);
}

/// The fastest iteration after the first of a fit, as the fit itself tells: assignment, sums and new
/// centroids.
void kmeans(const Cuda& gpu, const Matrix<float>& values, Index clusters) {
  const Index n = values.rows(), d = values.cols();
  KMeans<Cosine> settings{.clusters = clusters, .iterations = 4};
  settings.seeding = Seeding::random;
  const KMeansResult found = fit(settings, Rows(values), gpu);
  double took = 1e30;
  for (std::size_t i = 1; i < found.history.size(); ++i) took = std::min(took, found.history[i].seconds);
  print(gpu, gpu.settings().refine ? "k-means iteration, refined" : "k-means iteration",
        {{"n", n}, {"C", clusters}, {"d", d}}, took, product_seconds(gpu, values, n / 8, clusters, d, 8));
}

/// The same for rows of a float16 file: kept on the device as floats, or, where `narrow`, with memory for
/// their 16 bits only.
void kmeans_at_scale(const Cuda& gpu, const Matrix<float>& values, Index clusters, bool narrow) {
  const Index n = values.rows(), d = values.cols();
  KMeans<Cosine> settings{.clusters = clusters, .iterations = 3};
  settings.seeding = Seeding::random;
  const std::size_t beside = plan(settings, {n, d}, gpu)["assignment"],
                    rows = static_cast<std::size_t>(n * d) * (narrow ? 2 : 4);
  const Cuda limited({.memory = beside + rows + (std::size_t{1} << 20),
                      .precision = gpu.settings().precision,
                      .refine = gpu.settings().refine});
  const KMeansResult found = fit(settings, Rows(values), limited);
  double took = 1e30;
  for (std::size_t i = 1; i < found.history.size(); ++i) took = std::min(took, found.history[i].seconds);
  print(gpu,
        std::string("k-means iteration of float16 rows") + (narrow ? ", kept as such" : "") +
            (gpu.settings().refine ? ", refined" : ""),
        {{"n", n}, {"C", clusters}, {"d", d}}, took, product_seconds(gpu, values, n / 16, clusters, d, 16));
}

/// Seconds of one call, after a call with less work to warm up.
template <class Work> double once(GpuStream<CudaRuntime>& stream, Work&& work) {
  work(true);
  stream.synchronize();
  const auto begin = std::chrono::steady_clock::now();
  work(false);
  stream.synchronize();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Neighbours by inverted lists, k-means included.
void lists(const Cuda& gpu, const Matrix<float>& values, Index n) {
  const Index d = values.cols();
  const double took = once(gpu.stream(), [&](bool warm) {
    (void)approximate_neighbors(Rows(values.view().block(0, warm ? n / 16 : n)), {.count = 50}, {}, gpu);
  });
  print(gpu, "neighbours by lists", {{"n", n}, {"m", 50}, {"d", d}}, took, 0);
}

/// Zero-shot classification of rows that are read from the host's memory.
void zero_shots(const Cuda& gpu, const Matrix<float>& values, Index n, Index classes) {
  const Index d = values.cols();
  const MatrixView<const float> prototypes = values.view().block(0, classes);
  const Candidates all = every_class(classes);
  const double took = once(gpu.stream(), [&](bool warm) {
    (void)zero_shot(Rows(values.view().block(0, warm ? n / 16 : n)), prototypes, all, {}, {}, gpu);
  });
  print(gpu, "zero-shot", {{"n", n}, {"C", classes}, {"d", d}}, took,
        product_seconds(gpu, values, n / 16, classes, d, 16));
}

/// An epoch of a probe's whole grid, divided by its steps.
void probe_steps(const Cuda& gpu, const Matrix<float>& values, Index n, Index classes) {
  const Index d = values.cols(), batch = 256;
  std::vector<Label> labels;
  for (Index i = 0; i < n; ++i) labels.push_back(static_cast<Label>(i % classes));
  LinearProbe settings{.classes = classes, .epochs = 1, .batch = batch, .race = false};
  const Index points = std::ssize(settings.learning_rates) * std::ssize(settings.weight_decays);
  const Rows held(values.view().block(0, batch));
  const auto own = [&](Index rows) { return std::span(labels).first(static_cast<std::size_t>(rows)); };
  const double took = once(gpu.stream(), [&](bool warm) {
    const Index rows = warm ? n / 16 : n;
    (void)fit(settings, Rows(values.view().block(0, rows)), own(rows), held, own(batch), gpu);
  });
  print(gpu, "probe step", {{"rows", batch}, {"C", classes}, {"points", points}, {"d", d}},
        took / static_cast<double>(n / batch), product_seconds(gpu, values, batch, points * classes, d, 2));
}

/// The silhouette of a sample against all rows.
void silhouettes(const Cuda& gpu, const Matrix<float>& values, Index clusters) {
  const Index n = values.rows(), d = values.cols(), sample = 10'000;
  std::vector<Label> labels;
  for (Index i = 0; i < n; ++i) labels.push_back(static_cast<Label>(i % clusters));
  const double took = once(gpu.stream(), [&](bool warm) {
    (void)silhouette(Rows(values), labels, {.sample = warm ? 100 : sample}, gpu);
  });
  print(gpu, "silhouette", {{"n", n}, {"sample", sample}, {"clusters", clusters}, {"d", d}}, took,
        product_seconds(gpu, values, sample, n / 16, d, 16));
}

void neighbors(const Cuda& gpu, const Matrix<float>& values, Index n) {
  const Index d = values.cols();
  const Rows rows(values.view().block(0, n));
  const double took = seconds(gpu.stream(), [&] { (void)exact_neighbors(rows, {.count = 50}, gpu); });
  print(gpu, "neighbours", {{"n", n}, {"m", 50}, {"d", d}}, took,
        product_seconds(gpu, values, n / 16, n, d, 16));
}

/// Steps of a method from a state for as many clusters and heads, of any batch.
template <class Method>
void step(const Cuda& gpu, const char* name, const Matrix<float>& values, HeadState& state, Index batch) {
  Method settings;
  settings.clusters = state.shape.clusters, settings.heads = state.shape.heads, settings.batch = batch;
  settings.precision = gpu.settings().precision;
  const Index rows = 2 * batch, hidden = settings.hidden[0], K = settings.bottleneck, d = values.cols();
  double took = 0;
  {
    GpuStep engine(settings, state, gpu.stream(), gpu.memory());
    StepReport report;
    took = seconds(gpu.stream(), [&] {
      engine.step(values.view().block(0, rows), {1e-4, 1, 1, false}, report);
    });
  }
  // Forward of two networks and two products of the backward pass for every layer but the first, which has
  // one.
  const double products =
      product_seconds(gpu, values, rows, settings.heads * hidden, d, 3) +
      product_seconds(gpu, values, rows, K, hidden, 4 * settings.heads) +
      product_seconds(gpu, values, rows, padded(settings.clusters), K, 4 * settings.heads);
  print(gpu, name, {{"B", batch}, {"C", settings.clusters}, {"H", settings.heads}, {"d", d}}, took, products);
}

/// `work` at each precision.
template <class Work> void each_precision(Work&& work, bool refine = false) {
  for (const Precision precision : {Precision::float32, Precision::tf32, Precision::bfloat16})
    work(Cuda({.precision = precision, .refine = refine}));
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string_view> only(argv + 1, argv + argc);
  const auto wanted = [&](std::string_view part) {
    return only.empty() || std::ranges::find(only, part) != only.end();
  };
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess) throw std::runtime_error("no GPU here");
  if (wanted("scale")) {
    Matrix<float> halves = normal_rows(Cpu(), 1'000'000, 768);
    const Cpu host;
    Workers(host).each_row(halves.rows(), [&](Index i) {
      for (Index j = 0; j < halves.cols(); ++j) halves(i, j) = half_to_float(float_to_half(halves(i, j)));
    });
    for (const Index clusters : {1000, 10'000, 21'841}) {
      each_precision([&](const Cuda& gpu) { kmeans_at_scale(gpu, halves, clusters, false); });
      each_precision([&](const Cuda& gpu) { kmeans_at_scale(gpu, halves, clusters, false); }, true);
      kmeans_at_scale(Cuda({.precision = Precision::bfloat16}), halves, clusters, true);
    }
  }
  const Matrix<float> values = normal_rows(Cpu(), 1 << 19, 768);
  if (wanted("kmeans"))
    for (const Index clusters : {1000, 10450})
      for (const bool refine : {false, true})
        each_precision([&](const Cuda& gpu) { kmeans(gpu, values, clusters); }, refine);
  if (wanted("neighbours")) each_precision([&](const Cuda& gpu) { neighbors(gpu, values, 1 << 17); });
  if (wanted("lists")) each_precision([&](const Cuda& gpu) { lists(gpu, values, 1 << 19); });
  if (wanted("zeroshot"))
    for (const Index classes : {1000, 21841})
      each_precision([&](const Cuda& gpu) { zero_shots(gpu, values, 1 << 19, classes); });
  if (wanted("probe"))
    for (const Index classes : {1000, 10450})
      each_precision([&](const Cuda& gpu) { probe_steps(gpu, values, 1 << 15, classes); });
  if (wanted("silhouette")) silhouettes(Cuda(), values, 1000);
  for (const Index clusters : {1000, 10450, 21841}) {
    if (!wanted("temi") && !wanted("scan")) break;
    const HeadShape shape = TEMI{.clusters = clusters, .heads = 32}.general().shape(values.cols());
    HeadState state(shape, 1, true);  // takes seconds to make: once for all
    if (wanted("temi"))
      for (const Index batch : {512, 4096})
        each_precision([&](const Cuda& gpu) { step<TEMI>(gpu, "TEMI step", values, state, batch); });
    if (wanted("scan"))
      each_precision([&](const Cuda& gpu) { step<SCANv2>(gpu, "SCANv2 step", values, state, 4096); });
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "FAILED: %s\n", e.what());
  return 1;
}
