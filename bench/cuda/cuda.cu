// How fast are k-means' iterations, neighbours and a TEMI step on this GPU, against cuBLAS's time for their
// products alone, at each precision? Prints one table in Markdown, which rivals.py goes on with. Needs a GPU;
// run by tests/cuda_device.sh.
#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>

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

/// A row of the table; `what` is followed by the precision.
void row(const Cuda& gpu, const std::string& what, double took, double products) {
  std::printf("| %s, %s | %.2f | %.2f | %.2f |\n", what.c_str(), name_of(gpu.settings().precision),
              took * 1e3, products * 1e3, took / products);
  std::fflush(stdout);
}

std::string text(const char* what, Index value) { return what + std::to_string(value); }

/// The fastest iteration after the first of a fit, as the fit itself tells: assignment, sums and new
/// centroids.
void kmeans(const Cuda& gpu, const Matrix<float>& values, Index clusters) {
  const Index n = values.rows(), d = values.cols();
  KMeans<Cosine> settings{.clusters = clusters, .iterations = 4};
  settings.seeding = Seeding::random;
  const KMeansResult found = fit(settings, Rows(values), gpu);
  double took = 1e30;
  for (std::size_t i = 1; i < found.history.size(); ++i) took = std::min(took, found.history[i].seconds);
  const char* refined = gpu.settings().refine ? ", refined" : "";
  row(gpu, text("k-means iteration, n = ", n) + text(", C = ", clusters) + text(", d = ", d) + refined, took,
      product_seconds(gpu, values, n / 8, clusters, d, 8));
}

void neighbors(const Cuda& gpu, const Matrix<float>& values, Index n) {
  const Index d = values.cols();
  const Rows rows(values.view().block(0, n));
  const double took = seconds(gpu.stream(), [&] { (void)exact_neighbors(rows, {.count = 50}, gpu); });
  row(gpu, text("neighbours, n = ", n) + text(", m = 50, d = ", d), took,
      product_seconds(gpu, values, n / 16, n, d, 16));
}

TEMI temi(Index batch, Index clusters) { return {.clusters = clusters, .heads = 32, .batch = batch}; }

/// Steps from a state for as many clusters, of any batch.
void step(const Cuda& gpu, const Matrix<float>& values, HeadState& state, Index batch) {
  TEMI settings = temi(batch, state.shape.clusters);
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
  const double products = product_seconds(gpu, values, rows, settings.heads * hidden, d, 3) +
                          product_seconds(gpu, values, rows, K, hidden, 4 * settings.heads) +
                          product_seconds(gpu, values, rows, settings.clusters, K, 4 * settings.heads);
  row(gpu,
      text("TEMI step, B = ", batch) + text(", C = ", settings.clusters) + text(", H = ", settings.heads),
      took, products);
}

/// `work` at each precision.
template <class Work> void each_precision(Work&& work, bool refine = false) {
  for (const Precision precision : {Precision::float32, Precision::tf32, Precision::bfloat16})
    work(Cuda({.precision = precision, .refine = refine}));
}

}  // namespace

int main() try {
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess) throw std::runtime_error("no GPU here");
  std::printf("%s\n\n| what | ms | cuBLAS's products, ms | ratio |\n|---|---|---|---|\n", properties.name);
  const Matrix<float> values = normal_rows(Cpu(), 1 << 19, 768);
  for (const Index clusters : {1000, 10450})
    for (const bool refine : {false, true})
      each_precision([&](const Cuda& gpu) { kmeans(gpu, values, clusters); }, refine);
  each_precision([&](const Cuda& gpu) { neighbors(gpu, values, 1 << 17); });
  for (const Index clusters : {1000, 10450, 21841}) {
    HeadState state(temi(1, clusters).shape(values.cols()), 1, true);  // takes seconds to make: once for all
    for (const Index batch : {512, 1024, 4096})
      each_precision([&](const Cuda& gpu) { step(gpu, values, state, batch); });
  }
} catch (const std::exception& e) {
  std::printf("FAILED: %s\n", e.what());
  return 1;
}
