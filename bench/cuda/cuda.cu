// How fast are assignment, neighbours and a TEMI step on this GPU, against cuBLAS's time for their products
// alone, at each precision? Prints one table in Markdown, which rivals.py goes on with. Needs a GPU; run by
// tests/cuda_device.sh.
#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <support/random_rows.hpp>

#include <shoal/cuda.cuh>

using namespace shoal;

namespace {

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
/// already. Their values are random: a GPU multiplies zeros faster.
double product_seconds(const Cuda& gpu, Index M, Index N, Index K, Index times) {
  GpuStream<CudaRuntime>& stream = gpu.stream();
  const Precision precision = gpu.settings().precision;
  DeviceArray<CudaRuntime, float> a(stream, M * K), b(stream, N * K), c(stream, M * N);
  const Matrix<float> a_values = test::random_rows(M, K, 1), b_values = test::random_rows(N, K, 2);
  to_device(stream, a.data(), a_values.data(), M * K);
  to_device(stream, b.data(), b_values.data(), N * K);
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

void assign(const Cuda& gpu, Index n, Index d, Index clusters) {
  const Matrix<float> values = test::random_rows(n, d, 1), centroids = test::random_rows(clusters, d, 2);
  const Rows rows(values);
  GpuAssigner<CudaRuntime> assigner(gpu.stream(), rows, true, clusters, {}, std::size_t{1} << 36,
                                    gpu.settings().precision);
  GpuAssigner<CudaRuntime>::Sums sums;
  std::vector<Label> labels(static_cast<std::size_t>(n), -1);
  const double took = seconds(gpu.stream(), [&] { assigner.assign(centroids, labels, sums); });
  row(gpu, text("k-means iteration, n = ", n) + text(", C = ", clusters) + text(", d = ", d), took,
      product_seconds(gpu, n / 8, clusters, d, 8));
}

void neighbors(const Cuda& gpu, Index n, Index d) {
  const Matrix<float> values = test::random_rows(n, d, 1);
  const Rows rows(values);
  const double took = seconds(gpu.stream(), [&] { (void)exact_neighbors(rows, {.count = 50}, gpu); });
  row(gpu, text("neighbours, n = ", n) + text(", m = 50, d = ", d), took,
      product_seconds(gpu, n / 16, n, d, 16));
}

void step(const Cuda& gpu, Index batch, Index clusters, Index heads) {
  constexpr Index d = 768;
  TEMI settings{.clusters = clusters, .heads = heads, .batch = batch};
  settings.precision = gpu.settings().precision;
  HeadState state(settings.shape(d), 1, true);
  GpuStep engine(settings, state, gpu.stream(), gpu.memory());
  const Matrix<float> pairs = test::random_rows(2 * batch, d, 1);
  StepReport report;
  const double took = seconds(gpu.stream(), [&] { engine.step(pairs, {1e-4, 1, 1, false}, report); });
  const Index rows = 2 * batch, hidden = settings.hidden[0], K = settings.bottleneck;
  // Forward of two networks and two products of the backward pass for every layer but the first, which has
  // one.
  const double products = product_seconds(gpu, rows, heads * hidden, d, 3) +
                          product_seconds(gpu, rows, K, hidden, 4 * heads) +
                          product_seconds(gpu, rows, clusters, K, 4 * heads);
  row(gpu, text("TEMI step, B = ", batch) + text(", C = ", clusters) + text(", H = ", heads), took, products);
}

}  // namespace

int main() try {
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, 0) != cudaSuccess) throw std::runtime_error("no GPU here");
  std::printf("%s\n\n| what | ms | cuBLAS's products, ms | ratio |\n|---|---|---|---|\n", properties.name);
  for (const Precision precision : {Precision::float32, Precision::tf32, Precision::bfloat16}) {
    const Cuda gpu({.precision = precision});
    assign(gpu, 1 << 19, 768, 1000);
    assign(gpu, 1 << 19, 768, 10450);
    neighbors(gpu, 1 << 17, 768);
    for (const Index batch : {512, 1024, 4096})
      for (const Index clusters : {1000, 10450, 21841}) step(gpu, batch, clusters, 32);
  }
} catch (const std::exception& e) {
  std::printf("FAILED: %s\n", e.what());
  return 1;
}
