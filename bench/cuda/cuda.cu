// How fast are k-means' iterations, neighbours and steps of TEMI and SCANv2 on this GPU, against cuBLAS's
// time for their products alone, at each precision? Prints a line of JSON for each measurement, of which
// bench/cuda/report.py makes a table. Needs a GPU; run by tests/cuda_device.sh.
//
// usage: cuda [kmeans] [neighbours] [temi] [scan]   what is measured; without a word, all
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/cuda.cuh>

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
  const Matrix<float> values = normal_rows(Cpu(), 1 << 19, 768);
  if (wanted("kmeans"))
    for (const Index clusters : {1000, 10450})
      for (const bool refine : {false, true})
        each_precision([&](const Cuda& gpu) { kmeans(gpu, values, clusters); }, refine);
  if (wanted("neighbours")) each_precision([&](const Cuda& gpu) { neighbors(gpu, values, 1 << 17); });
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
} catch (const std::exception& e) {
  std::fprintf(stderr, "FAILED: %s\n", e.what());
  return 1;
}
